"""How long log-ins last, and what their cookies are like."""

from datetime import timedelta

from portal.settings.environment import env

# How long a log-in is good at the most, and how long without use; an administrator's for less. `check` looks at them.
SESSION_COOKIE_AGE = int(timedelta(hours=env.float("SESSION_HOURS", 12)).total_seconds())
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", 120)
SESSION_IDLE_MINUTES_ADMINISTRATOR = env.int("SESSION_IDLE_MINUTES_ADMINISTRATOR", 60)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
