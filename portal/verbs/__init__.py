"""How a verb runs, whichever door it came by: who acts, what is refused and in which words, and what happens only once."""
