"""Documents as answers show them."""

from collections.abc import Iterator
from typing import Any

from portal.simulated_aws.systems_manager.declared_parameters import plain_type
from portal.simulated_aws.systems_manager.definitions import Parameter
from portal.simulated_aws.systems_manager.documents import Document, Version
from portal.simulated_aws.systems_manager.reviews import APPROVED, NOT_REVIEWED, PENDING
from portal.simulated_aws.systems_manager.substitution import text as as_text

Answer = dict[str, Any]
_PLATFORMS = ["Windows", "Linux", "MacOS"]
_SCHEMA = "0.3"
_LONGEST_REVIEWER = 50


def description(document: Document, shown: Version) -> Answer:
    return _without_none(
        {
            **_of_both(document, shown),
            "Hash": shown.digest,
            "HashType": "Sha256",
            "Status": "Active",
            "Description": shown.definition.description,
            "Parameters": [_parameter(parameter) for parameter in shown.definition.parameters.values()],
            "LatestVersion": str(document.latest.number),
            "DefaultVersion": str(document.default),
            "ReviewInformation": _review_information(document, shown),
            "ApprovedVersion": _version_with(document, APPROVED),
            "PendingReviewVersion": _version_with(document, PENDING),
        }
    )


def identifier(document: Document) -> Answer:
    """Return a document's line in a list, which is about its default version."""
    return _without_none(_of_both(document, document.versions[document.default]))


def version(document: Document, shown: Version) -> Answer:
    return _without_none(
        {
            "Name": document.name,
            "DisplayName": shown.display_name,
            "DocumentVersion": str(shown.number),
            "VersionName": shown.name,
            "CreatedDate": shown.created_at,
            "IsDefaultVersion": shown.number == document.default,
            "DocumentFormat": shown.written_in,
            "Status": "Active",
            "ReviewStatus": _review_status(document, shown),
        }
    )


def whole(document: Document, shown: Version, *, text: str, written_in: str) -> Answer:
    return _without_none(
        {
            "Name": document.name,
            "CreatedDate": shown.created_at,
            "DisplayName": shown.display_name,
            "VersionName": shown.name,
            "DocumentVersion": str(shown.number),
            "Status": "Active",
            "Content": text,
            "DocumentType": document.kind,
            "DocumentFormat": written_in,
            "ReviewStatus": _review_status(document, shown),
        }
    )


def history(document: Document, shown: Version) -> Answer:
    """Return who reviewed a version; nobody, where none did."""
    return {
        "Name": document.name,
        "DocumentVersion": str(shown.number),
        "Author": shown.author,
        "Metadata": {"ReviewerResponse": list(_responses(document, shown))},
    }


def _of_both(document: Document, shown: Version) -> Answer:
    return {
        "Name": document.name,
        "DisplayName": shown.display_name,
        "VersionName": shown.name,
        "Owner": document.owner,
        "CreatedDate": shown.created_at,
        "DocumentVersion": str(shown.number),
        "PlatformTypes": _PLATFORMS,
        "DocumentType": document.kind,
        "SchemaVersion": _SCHEMA,
        "DocumentFormat": shown.written_in,
        "Tags": list(document.tags),
        "Author": shown.author,
        "ReviewStatus": _review_status(document, shown),
    }


def _parameter(parameter: Parameter) -> Answer:
    kind = "StringList" if plain_type(parameter.type) == "StringList" else "String"
    shown = {"Name": parameter.name, "Type": kind, "Description": parameter.description}
    return shown if parameter.default is None else {**shown, "DefaultValue": as_text(parameter.default)}


def _review_status(document: Document, shown: Version) -> str | None:
    review = document.reviews.get(shown.number)
    return review.status if review else None


def _review_information(document: Document, shown: Version) -> list[Answer] | None:
    review = document.reviews.get(shown.number)
    if review is None or review.status == NOT_REVIEWED:
        return None
    return [_without_none({"Status": review.status, "ReviewedTime": review.reviewed_at, "Reviewer": _name(review.reviewer)})]


def _responses(document: Document, shown: Version) -> Iterator[Answer]:
    review = document.reviews.get(shown.number)
    if review is None or review.reviewer is None:
        return
    response = {
        "CreateTime": review.reviewed_at,
        "UpdatedTime": review.reviewed_at,
        "ReviewStatus": review.status,
        "Reviewer": _name(review.reviewer),
    }
    comments = [{"Type": "Comment", "Content": review.comment}] if review.comment else []
    yield {**response, "Comment": comments} if comments else response


def _version_with(document: Document, status: str) -> str | None:
    numbers = [number for number, review in document.reviews.items() if review.status == status]
    return str(max(numbers)) if numbers else None


def _name(arn: str | None) -> str | None:
    """Return the user's or the session's name."""
    return arn.rpartition("/")[2][:_LONGEST_REVIEWER] if arn else None


def _without_none(shown: Answer) -> Answer:
    return {name: value for name, value in shown.items() if value is not None}
