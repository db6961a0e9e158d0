"""What is refused because one person asks for too much."""

from portal.verbs.rejections import Conflict, TooOften, _


class TooManyPending(Conflict):
    code = "too_many_pending"
    sentence = _("%(most)s requests of yours wait for approval, and there may be no more. Withdraw one first, or wait for one.")


class TooManySubmissions(TooOften):
    code = "too_many_submissions"
    sentence = _("You have asked %(most)s times within an hour, and that is the most. Ask again in %(minutes)s.")
