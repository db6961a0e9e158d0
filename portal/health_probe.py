"""`python -m portal.health_probe` exits 0 when the web server of this machine answers /healthz; for container health checks."""

import sys
from http import HTTPStatus
from http.client import HTTPConnection

from portal.settings.environment import env


def serves() -> bool:
    """Ask as one of the names that the portal answers to, without redirects."""
    connection = HTTPConnection("127.0.0.1", env.int("PORT"), timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": env.list("ALLOWED_HOSTS")[0]})
        return connection.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not serves())
