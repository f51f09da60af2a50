//! The program that the page loads. `boot.js` calls [`tenant_picker::start`] once it is there.
#![no_main]
// With a `main` of its own, the start code of std would be in the main part (0.5 kB).

use tenant_picker as _;
