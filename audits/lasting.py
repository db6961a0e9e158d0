"""What lasts: the catalogue, clients, people's own tokens, drift. An index of the trail has their entries alone, which are few.

So the state of an instant is read at the same cost however long the trail is (`audits.could_do`).
"""

from audits.acts import Act

# Each tells the whole of its thing, whatever was told before, in entries of versions from this one on. A worker's tells of a role
# which one in AWS it is, and nothing else.
WHOLE = (
    *(Act.CATALOGUE_ADDED, Act.CATALOGUE_CHANGED, Act.CATALOGUE_BASELINE),
    *(Act.CLIENT_ADDED, Act.CLIENT_CHANGED, Act.CLIENT_SECRET_ROTATED, Act.CLIENT_BASELINE),
)
WHOLE_SINCE = 5
# By one of these there is a thing at all.
BEGINS = (Act.CATALOGUE_ADDED, Act.CATALOGUE_BASELINE, Act.CLIENT_ADDED, Act.CLIENT_BASELINE)
# What they do to a thing, or to others that name it, the next whole entry of it does not tell.
TURNS = (Act.CATALOGUE_RETIRED, Act.CLIENT_REVOKED, Act.CLIENT_RESTORED)
DRIFT_BEGUN, DRIFT_OVER = (Act.DRIFT_FOUND, Act.DRIFT_BASELINE), (Act.DRIFT_UNDONE, Act.DRIFT_GONE, Act.DRIFT_ACCEPTED)
TOKENS = [act.value for act in (Act.TOKEN_ALLOWED, Act.TOKEN_BASELINE, Act.TOKEN_COLLECTED)]
# Plain words, in the order of the alphabet: migrations have them.
LASTING = sorted(act.value for act in (*WHOLE, *TURNS, *DRIFT_BEGUN, *DRIFT_OVER))
