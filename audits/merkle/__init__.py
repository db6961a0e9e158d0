"""The log that the trail is sealed into: leaves, RFC 6962's tree, and the C2SP formats. Pure; docs/audit/format.md describes it.

values      what a leaf can hold
leaves      an entry of the trail as RFC 8785 JSON
tree        hashes, roots, proofs
tiles       tlog-tiles: where each hash and each entry lies
notes       signed-note and tlog-checkpoint
proofs      tlog-proof
"""
