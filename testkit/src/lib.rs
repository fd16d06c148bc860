//! Starts a whole stage: platform, emulators, a faulty network and a kiosk.
