"""The words of an evaluation (判定), as elevations, the trail and the matrix keep them. No framework is imported."""

ALLOWED, DENIED, UNKNOWN = "allowed", "denied", "unknown"
# When it was: before the grant; anything else is the state of the elevation.
BEFORE = "before"
# For which moment it was, when it was not for its own: the second after the end, before anything was given.
AFTERWARDS = "afterwards"
# What decided, where it is no policy.
NO_IAM_USER, NO_ROLE = "no_iam_user", "no_role"
# Why it is unknown where the portal has no role in the account, which is so by choice.
NO_GATE_ROLE = "no_gate_role"
# Why nothing is evaluated for the time after the end: Identity Center takes neither fence nor gate.
NOT_FENCED = "not_fenced"
