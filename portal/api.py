"""The REST API, put together: /api/v1."""

from typing import Any

from csp.decorators import csp_update
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from access_requests.api import elevations, examples, inspections, me, reports, requests
from access_requests.api.auth import Bearer
from audits.api import entries, findings, log_ins, packs, sealed, state
from audits.api import examples as audits_examples
from portal.rest import problems
from portal.rest.limits import LIMITS
from portal.rest.openapi import Document, DocumentedCalls
from portal.rest.parsing import StrictParser

# Read on the page, as Markdown, by whoever makes a first call.
DESCRIPTION = """Time-boxed access to production on AWS: ask, approve, be in, be out again.

**Token.** `POST /identity/o/api/token` with `grant_type=client_credentials`, `client_id`, `client_secret` and `scope`,
such as `requests:read requests:write`. Send it as `Authorization: Bearer …`. An administrator makes clients, in the catalogue or
in the browser. A script of your own gets a token by a device code that you allow in the browser: see Authorize.

**Person.** `X-On-Behalf-Of: slack:U012AB3CD` names whom a service acts for; a token of your own acts for you, without that
header. Every rule for that person holds.

Repeating a call, tags, errors, who may decide: docs/api.md of the source.
"""

SHOWN = DocumentedCalls(
    answers=examples.ANSWERS | audits_examples.ANSWERS,
    tagged=examples.TAGGED,
    refusals=examples.REFUSALS,
)


class PortalApi(NinjaAPI):
    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> OpenAPISchema:
        return Document(self, path_prefix if path_prefix is not None else self.get_root_path(path_params or {}), showing=SHOWN)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


api = PortalApi(
    title="Sekisho",
    version="1",
    description=DESCRIPTION,
    parser=StrictParser(),
    throttle=LIMITS,
    # The page's style sheet draws its arrows with images in itself.
    docs_decorator=csp_update({"img-src": "data:"}),
    urls_namespace="api",
)
for exception, handler in problems.HANDLERS.items():
    api.add_exception_handler(exception, handler)
api.add_router("", me.router)
api.add_router("/requests", requests.router)
api.add_router("/elevations", elevations.router)
api.add_router("/elevations", reports.router)
api.add_router("/inspections", inspections.router)
api.add_router("/audit", entries.router, auth=Bearer("audit:read"))
api.add_router("/audit", sealed.router, auth=Bearer("audit:read"))
api.add_router("/audit", state.router, auth=Bearer("audit:read"))
api.add_router("/audit", findings.router, auth=Bearer("audit:read"))
api.add_router("/audit", log_ins.router, auth=Bearer("audit:read"))
api.add_router("/audit", packs.router, auth=Bearer("audit:read"))
api.add_router("/audit", findings.verbs, auth=Bearer("decisions:write"))
