"""Pages of who is in production, and of how that came about and ends."""
