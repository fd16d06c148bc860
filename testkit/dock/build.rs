//! Compiles the markup of the dock, with the theme and the fonts of the kiosk.

use slint_build::CompilerConfiguration;

fn main() {
    // Element queries see nothing without debug information.
    let config = CompilerConfiguration::new().with_debug_info(true);
    if let Err(error) = slint_build::compile_with_config("dock.slint", config) {
        println!("cargo::error={error}");
    }
}
