"""Holding the tables against what the trail tells: a row that was changed behind the portal's back is found."""
