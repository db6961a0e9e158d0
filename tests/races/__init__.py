"""Threads against each other, on both databases."""
