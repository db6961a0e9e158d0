"""The fixtures of `tests.runbooks`, for the tests here."""

from tests.runbooks import aws, desk, portal_in_aws, simulated_aws

__all__ = ["aws", "desk", "portal_in_aws", "simulated_aws"]
