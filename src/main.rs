//! The program that the page loads.

fn main() {
    tenant_picker::start();
}
