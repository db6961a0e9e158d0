"""Pages of what differs in AWS, and of who can switch where."""
