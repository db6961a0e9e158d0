"""The fixtures of `tests.jump`, for the tests here."""

from tests.jump import clock, jump, simulated_aws

__all__ = ["clock", "jump", "simulated_aws"]
