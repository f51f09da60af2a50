//! The program that the page loads. `boot.js` calls [`tenant_picker::start`] once it is there.

use tenant_picker as _;

fn main() {}
