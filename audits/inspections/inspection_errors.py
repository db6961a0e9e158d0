"""What people are told when what they want with a daily inspection is refused."""

from portal.verbs.rejections import Conflict, NotAllowed, Unusable, _


class NotAnInspector(NotAllowed):
    code = "not_an_inspector"
    sentence = _("Only an inspector whom the catalogue names signs daily inspections.")


class OwnUse(NotAllowed):
    code = "own_use"
    sentence = _("Nobody signs their own use (%(log_in)s). Another inspector does.")


class OwnLeave(NotAllowed):
    code = "own_leave"
    sentence = _("Who asked for or approved the access does not sign its use (%(log_in)s). Another inspector does.")


class InspectionNotProven(NotAllowed):
    code = "inspection_not_proven"
    sentence = _("A program that only names a person may not sign. Sign in the browser, or with a token of your own.")


class DayNotRead(Conflict):
    code = "day_not_read"
    sentence = _("The log-ins of %(day)s are not read whole yet: that takes a day after its end. Until then nothing is signed.")


class RowChanged(Conflict):
    code = "inspection_row_changed"
    sentence = _("What is known of %(log_in)s is otherwise than you saw. Look at it again, and sign then.")


class RowSigned(Conflict):
    code = "inspection_row_signed"
    sentence = _("%(log_in)s is signed already. A signature stays as it is.")


class NothingToSign(Unusable):
    code = "nothing_to_sign"
    sentence = _("Choose the rows that you sign.")


class DeviationUnexplained(Unusable):
    code = "deviation_unexplained"
    sentence = _("Something is otherwise than it should be with %(log_in)s. Write into its comment how that is explained.")
