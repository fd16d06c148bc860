//! Device emulators: machines with named physical situations, on pseudo-terminals.
