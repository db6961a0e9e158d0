"""The verbs: everything that writes. Each takes who acts and the time, and needs an open transaction; `run` opens it."""
