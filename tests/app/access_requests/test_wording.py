"""Words for what an evaluation could not tell."""

from django.utils import translation

from access_requests import wording
from portal.iam import contexts
from portal.iam.truth import Unknown


def test_reason_that_depends_on_where_the_call_comes_from_is_said_in_both_languages() -> None:
    reason = contexts.not_made_yet({})["aws:SourceIp"]
    assert isinstance(reason, Unknown)
    (words,) = reason.words
    with translation.override("en"):
        assert wording.untold([words]) == "a policy asks for aws:SourceIp, which is known once the call is made"
    with translation.override("ja"):
        assert wording.untold([words, "no_gate_role"]).startswith("ポリシーが aws:SourceIp を条件にしており")
