"""What goes out: collected, sealed, approved, written to a medium."""
