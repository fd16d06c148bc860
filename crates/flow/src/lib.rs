//! What the kiosk decides: a pure state machine.
