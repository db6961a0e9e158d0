"""What Slack is told and shown: calls of its API, blocks, the card of a request. What people say in Slack is the door `chat`."""
