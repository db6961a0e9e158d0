"""Messages that leave after the commit: `put` writes one in the caller's transaction, `send_due` sends what is waiting."""
