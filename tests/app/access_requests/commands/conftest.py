"""Commands ask the simulated AWS, by the portal's own key."""

from tests.runbooks import aws, desk, portal_in_aws, simulated_aws

__all__ = ["aws", "desk", "portal_in_aws", "simulated_aws"]
