"""Opening bundles with the escrow key, and proving once a year that it would work."""
