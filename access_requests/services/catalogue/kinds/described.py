"""What a group is for, in one language or in both that pages speak."""

from collections.abc import Mapping
from typing import Annotated

from access_requests.services.catalogue.fields import Fields
from access_requests.services.catalogue.mistakes import quoted
from access_requests.services.catalogue.values import mistake, text

LANGUAGES = {"en": "description", "ja": "description_ja"}


class Described(Fields):
    """A file writes `description: TEXT`, or `description: {en: TEXT, ja: TEXT}`."""

    description: Annotated[str, text(500)] = ""
    description_ja: Annotated[str, text(500)] = ""

    @classmethod
    def spread(cls, fields: Mapping[str, object]) -> Mapping[str, object]:
        said = fields.get("description")
        if not isinstance(said, dict):
            return fields
        if said.keys() != LANGUAGES.keys():
            raise mistake(f"the description is one text, or one for each of {', '.join(map(quoted, LANGUAGES))}")
        return {**fields, **{LANGUAGES[language]: words for language, words in said.items()}}
