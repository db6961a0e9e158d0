"""Pages about oneself, one's tokens and programs."""
