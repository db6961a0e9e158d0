"""What people are told when what they want with an access review is refused."""

from portal.verbs.rejections import Conflict, NotAllowed, Unusable, _


class OwnReview(NotAllowed):
    code = "own_review"
    sentence = _("Nobody reviews what they have themselves. The administrators name somebody else.")


class NotItsReviewer(NotAllowed):
    code = "not_its_reviewer"
    sentence = _("Only the reviewer who is named for it decides on this.")


class ReviewNotProven(NotAllowed):
    code = "review_not_proven"
    sentence = _("A program that only names a person may not do this. Do it in the browser.")


class RemovalRefused(Conflict):
    """`why` is what the catalogue says against it."""

    code = "removal_refused"
    sentence = _("The portal cannot take it away now: %(why)s. Nothing was decided.")


class ReviewItemChanged(Conflict):
    code = "review_item_changed"
    sentence = _("It is not there any more as this review has it. Open a new review, which has what is there now.")


class ReviewerUnusable(Unusable):
    code = "reviewer_unusable"
    sentence = _("%(reviewer)s is nobody who can review: name an enabled person, and two different ones.")


class ReviewDaysUnusable(Unusable):
    code = "review_days_unusable"
    sentence = _("The review is due today or later, and what is kept is kept for longer than that, for 400 days at most.")


class ItemReviewerUnusable(Unusable):
    code = "item_reviewer_unusable"
    sentence = _("%(reviewer)s cannot review this: name an enabled person whose it is not.")
