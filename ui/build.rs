//! Compiles the markup.
fn main() {
    if let Err(error) = slint_build::compile("app-window.slint") {
        println!("cargo::error={error}");
    }
}
