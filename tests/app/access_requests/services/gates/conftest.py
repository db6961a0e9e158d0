"""The fixtures of `tests.gated`, for the tests here."""

from tests.gated import clock, gated, jump, simulated_aws

__all__ = ["clock", "gated", "jump", "simulated_aws"]
