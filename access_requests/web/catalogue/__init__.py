"""Pages of what there is to ask for, and of whether it could be granted."""
