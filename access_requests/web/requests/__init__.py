"""Pages of asking for access and deciding on it."""
