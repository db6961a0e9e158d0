"""What stands for others in tests: AWS, Slack, programs and receivers, a hand that forges, the release that is to come."""
