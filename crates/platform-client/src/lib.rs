//! HTTPS client of the central platform.
