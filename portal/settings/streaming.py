"""Handing the trail on to a SIEM, which `manage.py stream_trail` does."""

from environs import validate

from portal.settings.environment import env, optional_secret

# Where to: `stdout`, `file:/path`, `https://…`, or `s3://bucket/prefix/`.
STREAM_TO = env.str("STREAM_TO", "")
# Under it each call of an address is signed (Standard Webhooks: whsec_…).
STREAM_SECRET = optional_secret("STREAM_SECRET")
# What else an address asks for, such as `Bearer …`, sent as Authorization.
STREAM_AUTHORIZATION = optional_secret("STREAM_AUTHORIZATION")
# How often is looked for what is new.
STREAM_SECONDS = env.int("STREAM_SECONDS", 2, validate=validate.Range(min=1))
# With personal texts in place of their commitments. What is erased here stays where it was sent.
STREAM_PERSONAL = env.bool("STREAM_PERSONAL", False)
STREAM_REGION = env.str("STREAM_REGION", env.str("AWS_REGION", "ap-northeast-1"))
STREAM_ROLE_ARN = env.str("STREAM_ROLE_ARN", "")
