"""Kinds of resources: how each is made, changed and deleted."""
