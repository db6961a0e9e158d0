"""Commands ask the simulated AWS, by the portal's own key."""

from tests.portal_in_aws import aws, portal_in_aws, simulated_aws

__all__ = ["aws", "portal_in_aws", "simulated_aws"]
