"""What is refused about people themselves."""

from portal.verbs.rejections import Conflict, _


class LinkOver(Conflict):
    code = "link_over"
    sentence = _("This link was used, or is too old. Have another one made: an administrator knows how.")
