"""People and programs: who they are, what lets them in, and which user in AWS they are."""
