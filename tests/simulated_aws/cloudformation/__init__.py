"""CloudFormation in the simulated AWS."""
