"""Pages of whom others are told by."""
