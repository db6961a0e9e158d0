"""The TTL tag on the IAM user: when the membership of a work group ends, for whoever looks at AWS."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from portal.aws.calls import AwsClient, is_missing
from portal.aws.errors import BackendRefused


def key(group: str) -> str:
    return str(settings.TTL_TAG_KEY.format(group=group))


def value(ends_at: datetime) -> str:
    """Return the end as the tag says it, by default 2026-11-23T20:00:00Z."""
    return ends_at.astimezone(ZoneInfo(settings.TTL_TAG_ZONE)).strftime(settings.TTL_TAG_VALUE)


def put(aws: AwsClient, *, group: str, user_name: str, ends_at: datetime) -> None:
    """Write the tag over any that is there. Raises BackendError."""
    aws.call("tag_user", UserName=user_name, Tags=[{"Key": key(group), "Value": value(ends_at)}])


def read(aws: AwsClient, *, group: str, user_name: str) -> str | None:
    """Return the tag's value, None without. Raises BackendError."""
    wanted = key(group).casefold()
    return next((value for found, value in tags(aws, user_name=user_name).items() if found.casefold() == wanted), None)


def tags(aws: AwsClient, *, user_name: str) -> dict[str, str]:
    """Return the user's tags, none of a user who is not there. Keys of users ignore letter case. Raises BackendError."""
    try:
        return {str(tag["Key"]): str(tag["Value"]) for tag in aws.pages("list_user_tags", "Tags", UserName=user_name)}
    except BackendRefused as error:
        if is_missing(error):
            return {}
        raise


def remove(aws: AwsClient, *, group: str, user_name: str) -> None:
    """Take the tag off; one that is not there is done. Raises BackendError."""
    aws.unless_missing("untag_user", UserName=user_name, TagKeys=[key(group)])
