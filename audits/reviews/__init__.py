"""Access reviews (権限の棚卸し): campaigns over what people and programs have, each item looked at by somebody else.

opening  a campaign begins, with all its items
deciding keep or remove, and that what was to be removed is gone
reminding reviewers are reminded before the day by which it is decided
folding  a campaign as the trail tells it
"""
