"""Sealing: entries of the trail become leaves of a signed log. Only `manage.py seal` does it, beside everything else.

sealer      the process: rounds under a lease
rounds      one round: guard, compute, sign, guard, commit
growing     leaves and the edge of the tree, from the trail
keys        what signs, and how a log's key changes
guards      where every checkpoint is written before it counts
lease       one sealer at a time
"""
