//! What the kiosk must not forget: outbox, cache and print jobs in SQLite.
