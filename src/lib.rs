//! The kiosk program: wiring only.
