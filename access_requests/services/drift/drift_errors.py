"""What administrators are told about undoing and accepting drift, in the browser alone: no program meets these."""

from portal.verbs.rejections import Conflict, _


class NotUndoable(Conflict):
    code = "not_undoable"
    sentence = _("The portal cannot undo this. An administrator must put it right in AWS.")


class CausedByAcceptor(Conflict):
    code = "caused_by_acceptor"
    sentence = _("You may have caused this drift. Another administrator accepts it, or it is undone.")


class NotAcceptable(Conflict):
    code = "not_acceptable"
    sentence = _("This cannot be accepted as it is. It is put right in AWS, or in the catalogue.")


class DriftChanged(Conflict):
    code = "drift_changed"
    sentence = _("AWS shows something else than you saw. Read it again, and decide then.")
