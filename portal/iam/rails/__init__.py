"""Guard rails as data: one file a rail, beside this one.

rail       what a rail says: its name, why, where it holds, in which forms, and what it is known to miss
placing    which rails a group, a role or an account of the organisation has, but for declared exceptions
packing    statements made into as few managed policies as hold them
"""
