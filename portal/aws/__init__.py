"""AWS: sessions for the workers, and the files that are set up there."""
