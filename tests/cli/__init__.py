"""The command line: what it makes of what is typed, and whole commands against a portal over real HTTP."""
