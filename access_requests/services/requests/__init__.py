"""Asking for access, and deciding on what was asked."""
