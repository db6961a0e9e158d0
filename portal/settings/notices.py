"""The secrets by which channels of notices speak, each of which may be left out: then its channel is silent.

Settings that people run by take them from the environment here. Tests do not, so that no test speaks to anybody.
"""

from portal.settings.environment import optional_secret

__all__ = ["SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]

SLACK_SIGNING_SECRET = optional_secret("SLACK_SIGNING_SECRET")
SLACK_BOT_TOKEN = optional_secret("SLACK_BOT_TOKEN")
SLACK_APP_TOKEN = optional_secret("SLACK_APP_TOKEN")
