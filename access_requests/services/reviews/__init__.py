"""Access reviews: what there is to look at, and taking away what is not needed any more.

What people decide is `audits.reviews`' own; this room knows the catalogue and AWS.
"""
