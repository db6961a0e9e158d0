"""S3, as far as buckets with versions and Object Lock go: moto's, with what it lacks of AWS's refusals.

moto lets everybody in, keeps no bucket to its Region, shortens any retention, takes one for a bucket that has no Object Lock or
that lies in the past, and lets versioning of a locked bucket be suspended.
"""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from xml.sax.saxutils import escape

from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.core.request import Request
from moto.core.responses import ActionResult
from moto.iam.access_control import PermissionResult
from moto.iam.models import iam_backends
from moto.s3.models import FakeBucket, s3_backends
from moto.s3.responses import S3Response
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from portal.simulated_aws import authorization, clock, credentials, events, faults, object_calls, object_versions, resources
from portal.simulated_aws.asked import Asked
from portal.simulated_aws.conditions import Context
from portal.simulated_aws.credentials import PARTITION
from portal.simulated_aws.errors import AccessDenied, NotSimulated, Refusal, ServerFault
from portal.simulated_aws.events import Envelope, Outcome
from portal.simulated_aws.gateway import one_at_a_time
from portal.simulated_aws.object_calls import ObjectCall
from portal.simulated_aws.trails import delivering

_MODE, _UNTIL = "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date"
_BYPASS = "x-amz-bypass-governance-retention"
_GOVERNANCE = "GOVERNANCE"
# Calls whose permission has another name than they.
_PERMISSIONS = {
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
}
# What shows which objects there are.
_LOOKS = {"GetObject", "HeadObject", "ListObjects", "ListObjectsV2", "ListObjectVersions", "DeleteObject", "PutObject"}
# So many digests of a trail are made at a time, and so long others may get in between, in seconds.
_AT_ONCE, _BREATH = 50, 0.001
# S3's own names for what other services call otherwise.
_NAMES = {
    "InternalFailure": ("InternalError", 500),
    "InvalidClientTokenId": ("InvalidAccessKeyId", 403),
    "Throttling": ("SlowDown", 503),
}


def _of_moto(_bucket: FakeBucket, _action: str, _resource: str) -> PermissionResult:
    """Return nothing: moto reads a bucket's policy without its conditions: against plain text is against all."""
    return PermissionResult.NEUTRAL


FakeBucket.get_permission = _of_moto  # type: ignore[method-assign,assignment]


class ObjectRefusal(Refusal):
    def __init__(self, code: str, message: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(code, message)
        self.status = status


class WrongRegion(ObjectRefusal):
    """`region` is the bucket's, to which clients then turn by themselves."""

    def __init__(self, signed_for: str, region: str) -> None:
        words = f"The authorization header is malformed; the region '{signed_for}' is wrong; expecting '{region}'"
        super().__init__("AuthorizationHeaderMalformed", words)
        self.region = region


class ObjectsResponse(S3Response):
    """A call of S3: who calls, may they, would AWS do it; then moto does it."""

    asked: Asked
    call: ObjectCall
    envelope: Envelope

    @classmethod
    def answered(cls, request: Request) -> Response:
        call = object_calls.read(request)
        while not _is_up(call):
            time.sleep(_BREATH)
        with one_at_a_time:
            made = cls()
            made.call = call
            try:
                made._receive(request)
            except Refusal as refusal:
                return _refused(refusal, request)
            return made._recorded(request)

    def get_current_account(self) -> str:
        return credentials.account_of(self.headers) or "000000000000"

    def list_object_versions(self) -> TYPE_RESPONSE:
        self.data["Action"] = "ListObjectVersions"
        return self.serialized(ActionResult(object_versions.page(self._bucket(), self.call.query)))

    def _receive(self, request: Request) -> None:
        """Learn who calls, and what for."""
        self.setup_class(request)
        agent, address = request.headers.get("User-Agent", ""), request.remote_addr or ""
        self.envelope = Envelope(at=clock.now(), source_ip=address, user_agent=agent)
        caller = credentials.authenticate(headers=request.headers, at=self.envelope.at)
        self.asked = Asked(
            service="s3",
            action=self.call.action,
            parameters=self.call.parameters,
            caller=caller,
            region=self.region or "",
            iam=iam_backends[caller.account_id][PARTITION],
        )
        if not self.call.action:
            raise NotSimulated(f"{request.method} {request.path} is not simulated")

    def _recorded(self, request: Request) -> Response:
        outcome = Outcome()
        try:
            self._admit(request)
            answer = self._acted(request)
        except Refusal as refusal:
            outcome.error_code, outcome.error_message = refusal.code, refusal.message
            answer = _refused(refusal, request)
        # What is done with objects CloudTrail writes down for a fee only.
        if "Key" not in self.asked.parameters and not self.asked.action.startswith("List"):
            events.record(self.asked, outcome, self.envelope)
        return answer

    def _admit(self, request: Request) -> None:
        faults.refuse(self.asked.action, principal=self.asked.caller.arn)
        (resource,) = resources.of(self.asked)
        keys = _conditions(self.call, request)
        for permission in _permissions(self.call, request):
            authorization.check_action(self.asked, self.envelope, action=f"s3:{permission}", resource=resource, keys=keys)
        if self.asked.action == "CreateBucket":
            return
        bucket = self._bucket()
        if bucket.region_name != self.asked.region and self.asked.action != "GetBucketLocation":
            raise WrongRegion(self.asked.region, bucket.region_name)
        if self.asked.action in _LOOKS:
            delivering.bring_up(self.call.bucket, _beginning(self.call), now=self.envelope.at)
        _check(self.call, bucket, request, self._held())

    def _bucket(self) -> FakeBucket:
        account = s3_backends.bucket_accounts.get(self.call.bucket, ("", ""))[1]
        if account and account != self.asked.caller.account_id:
            raise AccessDenied("Access Denied")
        if not account:
            raise ObjectRefusal("NoSuchBucket", "The specified bucket does not exist", HTTPStatus.NOT_FOUND)
        return self.backend.get_bucket(self.call.bucket)

    def _held(self) -> tuple[str, datetime] | None:
        """Return the mode and the end of the retention of the object's version that is named, or of the newest."""
        if "Key" not in self.asked.parameters:
            return None
        found = self.backend.get_object(self.call.bucket, self.call.key, version_id=self.call.query.get("versionId"))
        if found is None or not found.lock_mode or not found.lock_until:
            return None
        return found.lock_mode, _moment(found.lock_until)

    def _acted(self, request: Request) -> Response:
        does = self.key_response if self.call.key else self.bucket_response
        status, headers, body = does(request, request.raw_url, dict(request.headers))
        if self.asked.action in ("GetObject", "HeadObject") and not self._shows_retention():
            headers = {name: value for name, value in headers.items() if name not in (_MODE, _UNTIL)}
        return Response(body, status, {name: str(value) for name, value in headers.items() if value is not None})

    def _shows_retention(self) -> bool:
        """AWS tells of an object's retention to whoever may ask for it."""
        (resource,) = resources.of(self.asked)
        try:
            authorization.check_action(self.asked, self.envelope, action="s3:GetObjectRetention", resource=resource)
        except AccessDenied:
            return False
        return True


def _is_up(call: ObjectCall) -> bool:
    """Have a part of what a trail delivers be there, and return whether all is: others are not to wait for the whole of it."""
    if call.action not in _LOOKS:
        return True
    with one_at_a_time:
        return delivering.bring_up(call.bucket, _beginning(call), now=clock.now(), most=_AT_ONCE)


def _beginning(call: ObjectCall) -> str:
    """Return how the keys begin that a call may see."""
    return call.key or call.query.get("prefix", "")


def forget_all() -> None:
    for account in s3_backends.values():
        for backend in account.values():
            backend.reset()
    s3_backends.clear()
    s3_backends.bucket_accounts.clear()


def _permissions(call: ObjectCall, request: Request) -> Iterable[str]:
    of_version = call.action in ("GetObject", "DeleteObject") and "versionId" in call.query
    yield f"{call.action}Version" if of_version else _PERMISSIONS.get(call.action, call.action)
    if call.action == "PutObject" and (_MODE in request.headers or _UNTIL in request.headers):
        yield "PutObjectRetention"
    if call.action == "CreateBucket" and _is_true(request, "x-amz-bucket-object-lock-enabled"):
        yield from ("PutBucketObjectLockConfiguration", "PutBucketVersioning")
    if _is_true(request, _BYPASS):
        yield "BypassGovernanceRetention"


def _conditions(call: ObjectCall, request: Request) -> Context:
    given = {
        "s3:prefix": call.query.get("prefix"),
        "s3:delimiter": call.query.get("delimiter"),
        "s3:if-none-match": request.headers.get("If-None-Match"),
        "s3:object-lock-mode": request.headers.get(_MODE),
    }
    return {name: value for name, value in given.items() if value is not None}


def _check(call: ObjectCall, bucket: FakeBucket, request: Request, held: tuple[str, datetime] | None) -> None:
    """Raise what AWS refuses and moto does not."""
    match call.action:
        case "PutBucketVersioning" if bucket.object_lock_enabled and b"<Status>Suspended" in request.get_data():
            words = "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
            raise ObjectRefusal("InvalidBucketState", words, HTTPStatus.CONFLICT)
        case "PutObject":
            _check_lock(bucket, request.headers)
        case "PutObjectRetention":
            _check_retention(request, held)
        case "DeleteObject" if "versionId" in call.query and held is not None and held[1] > clock.now():
            if held[0] != _GOVERNANCE or not _is_true(request, _BYPASS):
                raise AccessDenied("Access Denied because object protected by object lock.")


def _check_lock(bucket: FakeBucket, headers: Headers) -> None:
    mode, until = headers.get(_MODE), headers.get(_UNTIL)
    if not mode and not until:
        return
    if not (mode and until):
        raise ObjectRefusal("InvalidArgument", f"{_UNTIL} and {_MODE} must both be supplied")
    if not bucket.object_lock_enabled:
        raise ObjectRefusal("InvalidRequest", "Bucket is missing Object Lock Configuration")
    if not any(name.lower().startswith(("x-amz-checksum-", "content-md5")) for name, _ in headers):
        words = "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters"
        raise ObjectRefusal("InvalidRequest", words)
    _check_ahead(until)


def _check_retention(request: Request, held: tuple[str, datetime] | None) -> None:
    """A retention is made longer by whoever may write one; of the compliance mode nobody makes it shorter or lighter."""
    body = request.get_data().decode()
    mode, until = (body.partition(f"<{tag}>")[2].partition("<")[0] for tag in ("Mode", "RetainUntilDate"))
    _check_ahead(until)
    is_less = held is not None and (mode != held[0] or _moment(until) < held[1]) and held[1] > clock.now()
    if held is not None and is_less and (held[0] != _GOVERNANCE or not _is_true(request, _BYPASS)):
        raise AccessDenied("Access Denied because object protected by object lock.")


def _check_ahead(until: str) -> None:
    if _moment(until) <= clock.now():
        raise ObjectRefusal("InvalidArgument", "The retain until date must be in the future!")


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _is_true(request: Request, header: str) -> bool:
    return request.headers.get(header, "").lower() == "true"


def _refused(refusal: ServiceException, request: Request) -> Response:
    code, status = _NAMES.get(refusal.code, (refusal.code, getattr(refusal, "status", None) or HTTPStatus.BAD_REQUEST))
    if isinstance(refusal, ServerFault):
        status = refusal.status or HTTPStatus.INTERNAL_SERVER_ERROR
    region = refusal.region if isinstance(refusal, WrongRegion) else ""
    more = f"<Region>{region}</Region>" if region else ""
    body = f"<Error><Code>{code}</Code><Message>{escape(refusal.message)}</Message>{more}</Error>"
    headers = {"x-amz-bucket-region": region} if region else {}
    return Response("" if request.method == "HEAD" else body, status, headers, content_type="application/xml")
