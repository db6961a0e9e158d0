"""The fixtures of `tests.aws_fixtures`, for the tests here."""

from tests.aws_fixtures import aws, aws_proxy, simulated_aws

__all__ = ["aws", "aws_proxy", "simulated_aws"]
