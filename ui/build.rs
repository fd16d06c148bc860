//! Compiles the markup, with its fonts, pictures and translations inside.

use slint_build::{CompilerConfiguration, DefaultTranslationContext};

fn main() {
    let config = CompilerConfiguration::new()
        .with_bundled_translations("lang")
        .with_default_translation_context(DefaultTranslationContext::None)
        // Element queries see nothing without it. It adds names, not behaviour.
        .with_debug_info(true);
    if let Err(error) = slint_build::compile_with_config("app-window.slint", config) {
        println!("cargo::error={error}");
    }
}
