"""What is refused because one person asks for too much."""

from access_requests.errors import Conflict, Rejection, _


class TooManyPending(Conflict):
    code = "too_many_pending"
    sentence = _("%(most)s requests of yours wait for approval, and there may be no more. Withdraw one first, or wait for one.")


class TooOften(Rejection):
    """`seconds` is for how long it is refused."""

    status = 429

    def __init__(self, *, seconds: int, **data: object) -> None:
        super().__init__(seconds=seconds, **data)
        self.headers = {"Retry-After": str(seconds)}


class TooManySubmissions(TooOften):
    code = "too_many_submissions"
    sentence = _("You have asked %(most)s times within an hour, and that is the most. Ask again in %(minutes)s.")
