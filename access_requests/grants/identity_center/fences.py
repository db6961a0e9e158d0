"""What AWS ends by itself of a membership in Identity Center: nothing.

Roles that Identity Center has made cannot be edited in IAM, and its users carry no policy of ours. The portal alone takes a
membership out, and a session that is open then lives on until it expires.
"""

from access_requests.grants.fences import UNFENCED

FENCES = UNFENCED
