"""The commands: each reads what was typed, calls the portal, and shows the answer."""
