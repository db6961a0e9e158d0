"""Sealing: entries of the trail become leaves of a signed log. Only `manage.py seal` does it, beside everything else.

sealer      the process: rounds under a lease
rounds      one round: guard, compute, sign, guard, commit
growing     leaves and the edge of the tree, from the trail
keys        what signs, and how a log's key changes
kms         a key that KMS holds
guards      where every checkpoint is written before it counts; a folder
bucket      a bucket with Object Lock as one
configured  the guard, the key and the time-stamp services that settings name
stamps      time stamps of checkpoints, by others
stamping    having them made, beside sealing
status      how sealing is, from what the sealer left in the database
watching    what of that is worth telling
lease       one sealer at a time
"""
