//! The central platform that kiosks call.
