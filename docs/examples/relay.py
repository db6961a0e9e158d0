# ruff: noqa: INP001, T201  A script: it prints, and whoever runs it has TLS before it.
"""An example receiver of webhooks: prints the sentence of each that the portal signed. Put your chat's call where it prints.

WEBHOOK_SECRET=whsec_… python relay.py 8080
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

seen = set()  # The same may come twice: keep these where a restart does not lose them.


class Relay(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            notice = Webhook(os.environ["WEBHOOK_SECRET"]).verify(body, dict(self.headers))
        except WebhookVerificationError:
            self.send_error(401)
            return
        if notice["id"] not in seen:
            print(notice["data"]["text"], flush=True)
            seen.add(notice["id"])
        self.send_response(204)
        self.end_headers()


HTTPServer(("", int(sys.argv[1])), Relay).serve_forever()
