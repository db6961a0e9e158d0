"""CloudTrail, as the portal reads it: what is in an account's own history of events, and which trails there are."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError

from portal.aws.calls import AwsClient
from portal.aws.errors import BackendBusy, BackendError, BackendRefused
from portal.aws.sessions import account_of, cloudtrail_in, s3_of

PAGE = 50
# A digest lists the files of an hour: a few hundred at the most.
LONGEST_DIGEST = 8 * 1024 * 1024
GONE = frozenset({"NoSuchKey", "404", "NoSuchVersion"})
LONGEST_NUMBER = 100
UNREADABLE, TOKEN_GONE = "unreadable_answer", "InvalidNextTokenException"


@dataclass(frozen=True, kw_only=True)
class History:
    """What happened in one account and Region in the last 90 days. AWS answers two questions a second."""

    role_arn: str
    region: str

    def page(self, *, since: datetime, until: datetime, token: str = "") -> tuple[list[Mapping[str, Any]], str]:
        """Return events, the newest first, and what the next page is asked by; empty at the end. Raises BackendError.

        Source: CloudTrail LookupEvents, which takes whole seconds.
        """
        more = {"NextToken": token} if token else {}
        aws = AwsClient.without_lease(cloudtrail_in(self.role_arn, self.region))
        answer = aws.call("lookup_events", StartTime=since, EndTime=until + timedelta(seconds=1), MaxResults=PAGE, **more)
        try:
            return [_event(said) for said in answer["Events"]], str(answer.get("NextToken") or "")
        except (KeyError, TypeError, ValueError) as error:
            raise BackendRefused(UNREADABLE, f"{type(error).__name__}: {error}") from error


def _event(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an event; of one that cannot be read its id alone, so that the others of its page are read."""
    try:
        read = json.loads(said["CloudTrailEvent"], parse_int=_number)
    except (KeyError, RecursionError, TypeError, ValueError):
        read = None
    return read if isinstance(read, dict) else {"eventID": str(said.get("EventId", ""))}


def _number(digits: str) -> int | str:
    """Return a whole number; one of thousands of digits, which Python refuses, as text."""
    return int(digits) if len(digits) <= LONGEST_NUMBER else digits


@dataclass(frozen=True, kw_only=True)
class SeenTrail:
    """A trail as an account sees it. `writes` is whether it does now."""

    name: str
    arn: str
    home_region: str
    bucket: str
    prefix: str
    is_multi_region: bool
    is_organization: bool
    validates: bool
    writes: bool

    def records(self, region: str) -> bool:
        return self.is_multi_region or self.home_region == region


def enabled_regions(role_arn: str) -> list[str]:
    """Return the Regions that the account has switched on. One call for fifty. Raises BackendError.

    Source: Account Management ListRegions.
    """
    found, more = list[str](), dict[str, str]()
    while True:
        aws = AwsClient.without_lease(account_of(role_arn))
        answer = aws.call("list_regions", RegionOptStatusContains=["ENABLED", "ENABLED_BY_DEFAULT"], MaxResults=PAGE, **more)
        found += [str(one["RegionName"]) for one in answer.get("Regions", ())]
        if not answer.get("NextToken"):
            return found
        more = {"NextToken": str(answer["NextToken"])}


def trails_of(role_arn: str, regions: Collection[str]) -> list[SeenTrail]:
    """Return the trails that record an account in these Regions, each once. One call for each, and one for each trail.

    Raises BackendError. Source: CloudTrail DescribeTrails, GetTrailStatus.
    """
    found = dict[str, SeenTrail]()
    for region in regions:
        aws = AwsClient.without_lease(cloudtrail_in(role_arn, region))
        for said in aws.call("describe_trails", includeShadowTrails=True)["trailList"]:
            if said["TrailARN"] not in found:
                found[said["TrailARN"]] = _trail(said, aws.call("get_trail_status", Name=said["TrailARN"]))
    return list(found.values())


def public_keys(role_arn: str, region: str, *, since: datetime, until: datetime) -> dict[str, bytes]:
    """Return fingerprint -> public key, of the Region's keys that were valid then. Raises BackendError.

    Source: CloudTrail ListPublicKeys.
    """
    found, more = dict[str, bytes](), dict[str, str]()
    while True:
        aws = AwsClient.without_lease(cloudtrail_in(role_arn, region))
        answer = aws.call("list_public_keys", StartTime=since, EndTime=until, **more)
        found |= {str(one["Fingerprint"]): bytes(one["Value"]) for one in answer.get("PublicKeyList", ())}
        if not answer.get("NextToken"):
            return found
        more = {"NextToken": str(answer["NextToken"])}


@dataclass(frozen=True, kw_only=True)
class LogFiles:
    """Files that a trail has written. Each verb raises BackendError."""

    bucket: str
    region: str
    role_arn: str

    def keys(self, prefix: str, *, after: str = "") -> Iterator[str]:
        """Yield the keys behind one, in their order. One call for each thousand."""
        asked: dict[str, Any] = {"Prefix": prefix, **({"StartAfter": after} if after else {})}
        while True:
            page = self._call("list_objects_v2", **asked)
            yield from (str(one["Key"]) for one in page.get("Contents", ()))
            if not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]

    def folders(self, prefix: str) -> list[str]:
        """Return the names of folders behind a prefix: the first thousand. One call."""
        page = self._call("list_objects_v2", Prefix=prefix, Delimiter="/")
        return [str(one["Prefix"]).removeprefix(prefix).strip("/") for one in page.get("CommonPrefixes", ())]

    def chunks(self, key: str, *, size: int = 64 * 1024) -> Iterator[bytes]:
        """Yield what is in a file, as it is stored."""
        body = self._call("get_object", Key=key)["Body"]
        try:
            yield from iter(partial(body.read, size), b"")
        except (BotoCoreError, OSError) as error:
            raise BackendBusy(type(error).__name__, str(error)) from error
        finally:
            body.close()

    def signed(self, key: str) -> tuple[bytes, str]:
        """Return a digest as it is stored, and the signature that S3 keeps beside it."""
        answer = self._call("get_object", Key=key)
        try:
            return answer["Body"].read(LONGEST_DIGEST), str(answer.get("Metadata", {}).get("signature", ""))
        except (BotoCoreError, OSError) as error:
            raise BackendBusy(type(error).__name__, str(error)) from error
        finally:
            answer["Body"].close()

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return AwsClient.without_lease(s3_of(self.role_arn, self.region)).call(method, Bucket=self.bucket, **params)


def is_gone(error: BackendError) -> bool:
    """Whether S3 said that there is no such file."""
    return error.problem in GONE


def _trail(said: Mapping[str, Any], status: Mapping[str, Any]) -> SeenTrail:
    return SeenTrail(
        name=str(said["Name"]),
        arn=str(said["TrailARN"]),
        home_region=str(said.get("HomeRegion", "")),
        bucket=str(said.get("S3BucketName", "")),
        prefix=str(said.get("S3KeyPrefix") or ""),
        is_multi_region=bool(said.get("IsMultiRegionTrail")),
        is_organization=bool(said.get("IsOrganizationTrail")),
        validates=bool(said.get("LogFileValidationEnabled")),
        writes=bool(status.get("IsLogging")) and not status.get("LatestDeliveryError"),
    )
