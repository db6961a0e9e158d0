"""Sealing the trail: how often, by which key, and where checkpoints lie. Key and guard are the sealer's alone."""

from environs import validate

from portal.settings.environment import env, optional_secret

# How often, and when what waits is late.
SEAL_SECONDS = env.int("SEAL_SECONDS", 2)
SEAL_LATE_SECONDS = env.int("SEAL_LATE_SECONDS", 600)
# How often a worker looks whether somebody is to be told.
SEAL_WATCH_SECONDS = env.int("SEAL_WATCH_SECONDS", 30)
SEAL_KEY = optional_secret("SEAL_KEY")
# While the key is being changed: the one that it follows.
SEAL_KEY_BEFORE = optional_secret("SEAL_KEY_BEFORE")
# Where each checkpoint is written before it counts: s3://bucket/prefix, or a folder, best on another machine's disk.
SEAL_GUARD = env.str("SEAL_GUARD", "")
# How a bucket keeps it. What COMPLIANCE keeps nobody deletes before its time, so for how long has no default.
SEAL_GUARD_RETENTION_MODE = env.str(
    "SEAL_GUARD_RETENTION_MODE", "COMPLIANCE", validate=validate.OneOf(["COMPLIANCE", "GOVERNANCE"])
)
SEAL_GUARD_RETENTION_DAYS = env.int("SEAL_GUARD_RETENTION_DAYS", 0, validate=validate.Range(min=0, max=36_500))
SEAL_GUARD_REGION = env.str("SEAL_GUARD_REGION", env.str("AWS_REGION", "ap-northeast-1"))
# A key that KMS holds instead, by its ARN or an alias's.
SEAL_KMS_KEY = env.str("SEAL_KMS_KEY", "")
SEAL_KMS_KEY_BEFORE = env.str("SEAL_KMS_KEY_BEFORE", "")
# What the sealer takes on for both, where its own credentials are for that only.
SEAL_ROLE_ARN = env.str("SEAL_ROLE_ARN", "")
# Time stamps of checkpoints, by RFC 3161: services, the roots under which they sign (PEM), and how often each is asked.
SEAL_STAMP_URLS: list[str] = env.list("SEAL_STAMP_URLS", [])
SEAL_STAMP_ROOTS_FILE = env.str("SEAL_STAMP_ROOTS_FILE", "")
SEAL_STAMP_SECONDS = env.int("SEAL_STAMP_SECONDS", 3600, validate=validate.Range(min=60))
