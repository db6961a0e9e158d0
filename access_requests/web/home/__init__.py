"""Home: what is mine, what waits for me, what went wrong, and how the portal does, for each as far as it is theirs."""
