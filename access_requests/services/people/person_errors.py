"""What is refused about people themselves."""

from portal.verbs.rejections import Conflict, _


class LinkOver(Conflict):
    code = "link_over"
    sentence = _("This link was used, or is too old. Have another one made: an administrator knows how.")


class LastAdministrator(Conflict):
    code = "last_administrator"
    sentence = _("Nobody else is an administrator: nobody could let you in again. Have another one made first.")


class DisabledByCatalogue(Conflict):
    code = "disabled_by_catalogue"
    sentence = _("The catalogue file disables this person. Change it there, and load it.")


class DisabledByProvider(Conflict):
    code = "disabled_by_provider"
    sentence = _("The provider of log-in %(provider)s disabled this person, and lets them in again.")
