"""CreateTrail and what else there is to do with trails."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.s3.models import s3_backends

from portal.simulated_aws import faults, organization
from portal.simulated_aws.credentials import PARTITION
from portal.simulated_aws.errors import Refusal
from portal.simulated_aws.gateway import Gateway
from portal.simulated_aws.trail import slot_after
from portal.simulated_aws.trails import configured, delivering, signing
from portal.simulated_aws.trails.configured import Settings, Trail

_SERVICE = "cloudtrail.amazonaws.com"
_MOST = 5
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_SELECTORS = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [], "ExcludeManagementEventSources": []}]
# Parameters, and the settings that they set.
_SET = {
    "S3BucketName": "bucket",
    "S3KeyPrefix": "prefix",
    "IsMultiRegionTrail": "is_multi_region",
    "IsOrganizationTrail": "is_organization",
    "IncludeGlobalServiceEvents": "includes_global",
    "EnableLogFileValidation": "validates",
    "KmsKeyId": "kms_key_id",
}


class TrailRefusal(Refusal):
    """One of CloudTrail's own, by its name."""


class TrailCalls(Gateway):
    def create_trail(self) -> ActionResult:
        settings = Settings(**self._given())
        _check_bucket(settings.bucket)
        owner = self._owner(settings)
        arn = f"arn:aws:cloudtrail:{self.region}:{owner}:trail/{self.params['Name']}"
        if any(each.arn == arn for each in configured.there()):
            raise TrailRefusal("TrailAlreadyExistsException", f"Trail {arn} already exists for customer: {owner}")
        if sum(each.account_id == owner and each.home_region == self.region for each in configured.there()) >= _MOST:
            raise TrailRefusal("MaximumNumberOfTrailsExceededException", f"User: {owner} already has {_MOST} trails")
        before = next((each for each in configured.ever() if each.arn == arn), None)
        made = Trail(arn=arn, settings=settings, periods=before.periods if before else ())
        configured.keep(made)
        return ActionResult(_shown(made, of_call=True))

    def update_trail(self) -> ActionResult:
        found = self._own()
        settings = replace(found.settings, **self._given())
        _check_bucket(settings.bucket)
        self._owner(settings)
        changed = found.changed(settings, self.envelope.at)
        configured.keep(changed)
        return ActionResult(_shown(changed, of_call=True))

    def delete_trail(self) -> ActionResult:
        configured.keep(replace(self._own().stopped(self.envelope.at), is_deleted=True))
        return EmptyResult()

    def start_logging(self) -> ActionResult:
        configured.keep(self._own().started(self.envelope.at))
        return EmptyResult()

    def stop_logging(self) -> ActionResult:
        configured.keep(self._own().stopped(self.envelope.at))
        return EmptyResult()

    def describe_trails(self) -> ActionResult:
        names = self.params.get("trailNameList", ())
        found = [self._named(name) for name in names] if names else list(self._seen())
        if not self.params.get("includeShadowTrails", True):
            found = [each for each in found if each.home_region == self.region]
        return ActionResult({"trailList": [_shown(each) for each in found]})

    def list_trails(self) -> ActionResult:
        shown = [{"TrailARN": each.arn, "Name": each.name, "HomeRegion": each.home_region} for each in self._seen()]
        return ActionResult({"Trails": shown})

    def get_trail(self) -> ActionResult:
        return ActionResult({"Trail": _shown(self._named(self.params["Name"]))})

    def get_event_selectors(self) -> ActionResult:
        found = self._named(self.params["TrailName"])
        return ActionResult({"TrailARN": found.arn, "EventSelectors": _SELECTORS})

    def get_trail_status(self) -> ActionResult:
        return ActionResult(_status(self._named(self.params["Name"]), self.envelope.at))

    def list_public_keys(self) -> ActionResult:
        since, until = (_moment(self.params.get(name)) for name in ("StartTime", "EndTime"))
        if since and until and since > until:
            raise TrailRefusal("InvalidTimeRangeException", "The start time must be before the end time.")
        found = signing.keys(self.region, since=since or _LONG_AGO, until=until or self.envelope.at)
        shown = [
            {
                "Value": key.public_der,
                "ValidityStartTime": key.begins,
                "ValidityEndTime": key.ends,
                "Fingerprint": key.fingerprint,
            }
            for key in found
        ]
        return ActionResult({"PublicKeyList": shown})

    def _given(self) -> dict[str, Any]:
        return {setting: self.params[name] for name, setting in _SET.items() if name in self.params}

    def _seen(self) -> Iterator[Trail]:
        """Yield the trails that the caller's account sees in this Region."""
        return (each for each in configured.there() if each.reaches(self.caller.account_id, self.region))

    def _named(self, given: str) -> Trail:
        found = next((each for each in self._seen() if given in (each.arn, each.name)), None)
        if found is None:
            words = f"Unknown trail: {given} for the user: {self.caller.account_id}"
            raise TrailRefusal("TrailNotFoundException", words)
        return found

    def _own(self) -> Trail:
        """Return a trail that may be changed here: where it is at home, by its owner or who administers the organisation's."""
        found = self._named(self.params["Name"])
        if found.home_region != self.region:
            raise TrailRefusal("InvalidHomeRegionException", f"The trail's home Region is {found.home_region}")
        if self.caller.account_id != found.account_id and not self._administers():
            raise TrailRefusal("NotOrganizationMasterAccountException", "Only the organization's management account may do this.")
        return found

    def _owner(self, settings: Settings) -> str:
        """Return the account whose trail it is: an organisation's is its management account's, whoever administers it."""
        found = organization.current()
        if not settings.is_organization:
            return self.caller.account_id
        if found is None or not self._administers():
            raise TrailRefusal("NotOrganizationMasterAccountException", "Only the organization's management account may do this.")
        return found.management

    def _administers(self) -> bool:
        found = organization.current()
        return found is not None and self.caller.account_id in (found.management, found.trail_administrator)


def _check_bucket(name: str) -> None:
    """Raise what CloudTrail says of a bucket that is not there, or does not let it write."""
    owner = s3_backends.bucket_accounts.get(name, ("", ""))[1]
    if not owner:
        raise TrailRefusal("S3BucketDoesNotExistException", f"S3 bucket {name} does not exist!")
    policy = s3_backends[owner][PARTITION].get_bucket(name).policy
    statements = json.loads(policy)["Statement"] if policy else []
    if not any(_lets_write(each) for each in statements if each["Effect"] == "Allow"):
        raise TrailRefusal("InsufficientS3BucketPolicyException", f"Incorrect S3 bucket policy is detected for bucket: {name}")


def _lets_write(statement: dict[str, Any]) -> bool:
    principal, actions = statement.get("Principal"), statement.get("Action")
    services = principal.get("Service", ()) if isinstance(principal, dict) else ()
    return _SERVICE in services and "s3:PutObject" in (actions if isinstance(actions, list) else [actions])


def _shown(found: Trail, *, of_call: bool = False) -> dict[str, Any]:
    """Return a trail as it is described; the answers of calls that change it say less."""
    said = found.settings
    shown = {
        "Name": found.name,
        "TrailARN": found.arn,
        "S3BucketName": said.bucket,
        "IncludeGlobalServiceEvents": said.includes_global,
        "IsMultiRegionTrail": said.is_multi_region,
        "IsOrganizationTrail": said.is_organization,
        "LogFileValidationEnabled": said.validates,
    }
    more = {"S3KeyPrefix": said.prefix, "KmsKeyId": said.kms_key_id}
    shown |= {name: value for name, value in more.items() if value}
    if of_call:
        return shown
    return {**shown, "HomeRegion": found.home_region, "HasCustomEventSelectors": False, "HasInsightSelectors": False}


def _status(found: Trail, now: datetime) -> dict[str, Any]:
    status: dict[str, Any] = {"IsLogging": found.is_logging}
    if found.periods:
        started, stopped = found.periods[-1].started_at, found.periods[-1].stopped_at
        last = slot_after(min(now, stopped or now)) - timedelta(minutes=5)
        status |= {"StartLoggingTime": started, "TimeLoggingStarted": f"{started:%Y-%m-%dT%H:%M:%SZ}"}
        status |= {"LatestDeliveryTime": last} if last > started else {}
        status |= {"StopLoggingTime": stopped, "TimeLoggingStopped": f"{stopped:%Y-%m-%dT%H:%M:%SZ}"} if stopped else {}
    if digested := delivering.last_delivery(found, now=now):
        status["LatestDigestDeliveryTime"] = digested
    if faults.is_on(faults.STOPPED):
        status["LatestDeliveryError"] = "AccessDenied"
    return status


def _moment(given: datetime | None) -> datetime | None:
    """Return the time with its zone, which moto's parser leaves out."""
    return given.replace(tzinfo=given.tzinfo or UTC) if given else None
