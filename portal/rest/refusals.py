"""What a program is told before any verb is asked: by whose leave, in whose name, in which form."""

from django.utils.translation import gettext_noop as _

from portal.verbs import rejections


class Unauthenticated(rejections.Rejection):
    status = 401


class TokenMissing(Unauthenticated):
    code = "token_missing"
    sentence = _("Send a token in the header: Authorization: Bearer TOKEN.")


class TokenUnusable(Unauthenticated):
    code = "token_unusable"
    sentence = _("The token is unknown, expired or revoked. Ask for a new one.")


class TokenInUrl(Unauthenticated):
    code = "token_in_url"
    sentence = _(
        "A token in an address ends up in logs, so it is refused. Revoke it, and send a new one in the header Authorization."
    )


class PersonMissing(Unauthenticated):
    code = "person_missing"
    sentence = _("Name the person whom this is for in the header X-On-Behalf-Of.")


class PersonUnreadable(Unauthenticated):
    code = "person_unreadable"
    sentence = _("The header X-On-Behalf-Of names one person, such as slack:U012AB3CD or email:name@example.com.")


class PersonNotLinked(Unauthenticated):
    code = "identity_not_linked"
    sentence = _("No person is linked to this identity, or the link is not verified. Ask an administrator.")


class PersonShutOut(Unauthenticated):
    """The same words as in the middle of a verb; here the person is not let in at all."""

    code = rejections.PersonDisabled.code
    sentence = rejections.PersonDisabled.sentence


class WrongScope(rejections.NotAllowed):
    code = "wrong_scope"
    sentence = _("The token lacks the scope %(scope)s.")


class NotForOthers(rejections.NotAllowed):
    code = "not_for_others"
    sentence = _("This token is for its own person only. Leave the header X-On-Behalf-Of out.")


class Malformed(rejections.Rejection):
    status = 400
    code = "malformed_json"
    sentence = _("The body is not JSON in UTF-8, names a field twice, or is nested too deeply.")


class WrongMediaType(rejections.Rejection):
    status = 415
    code = "wrong_media_type"
    sentence = _("Send JSON: Content-Type: application/json.")


class UnknownParameter(rejections.Unusable):
    code = "unknown_parameter"
    sentence = _("There is no parameter of this name, or it is given twice.")


class CursorUnusable(rejections.Unusable):
    code = "cursor_unusable"
    sentence = _("This is not a cursor of this list. Begin again without it.")


class KeyUnusable(rejections.Unusable):
    code = "idempotency_key_unusable"
    sentence = _("An Idempotency-Key has 1 to 255 visible ASCII characters.")
