//! Driver for ID-card readers that speak the SAM business-terminal protocol.
