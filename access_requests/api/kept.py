"""Answers as they are kept for a repeated call: a request's long texts are in its row, where they never change."""

import json
from functools import partial
from typing import Any

from pydantic import BaseModel

from access_requests import details
from access_requests.api.showing import RequestDetail
from access_requests.models import AccessRequest
from portal.rest import once

TEXTS = ("reason", *details.NAMES)


class WithoutTexts(once.AsItIs):
    def kept(self, shown: BaseModel) -> str:
        """Return the answer's JSON with nothing where the row has the text."""
        if not isinstance(shown, RequestDetail):
            return super().kept(shown)
        return _json({**shown.model_dump(mode="json"), **dict.fromkeys(TEXTS)})

    def whole(self, stored: str) -> str:
        """Return the answer's JSON with its texts. Those that were stored before texts were kept once have them themselves."""
        answer = json.loads(stored)
        without = [name for name in TEXTS if answer.get(name, "") is None]
        if not without:
            return stored
        return _json({**answer, **AccessRequest.objects.values(*without).get(code=answer["id"])})


carry_out = partial(once.carry_out, keeping=WithoutTexts())


def _json(answer: dict[str, Any]) -> str:
    """Return it as pydantic writes it."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
