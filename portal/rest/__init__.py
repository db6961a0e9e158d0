"""REST as every subject speaks it: problems, pages of lists, calls that happen once, strict bodies.

It knows a caller by its Protocol alone; whoever puts the API together brings the authenticators.
"""
