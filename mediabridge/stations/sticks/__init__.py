"""The media themselves: recognised, put in order, kept track of, let go."""
