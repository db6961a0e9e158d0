"""What an administrator is told when something about a webhook is refused. No call of the API answers these."""

from portal.verbs.rejections import Unusable, _


class NameTaken(Unusable):
    code = "name_taken"
    sentence = _("There is one of this name already. Choose another name.")


class AddressUnusable(Unusable):
    code = "address_unusable"
    sentence = _("Give an address such as https://chat.example.com/hooks/1: with https, a host, and no user or password in it.")


class AddressUnknown(Unusable):
    code = "address_unknown"
    sentence = _("The name %(host)s cannot be found. Look for a typing mistake, or try again later.")


class AddressNotPublic(Unusable):
    code = "address_not_public"
    sentence = _("%(host)s leads to %(address)s, which is not on the public internet. Nothing is sent there.")


class UnknownChoice(Unusable):
    code = "unknown_choice"
    sentence = _("There is no %(choice)s to choose. Choose among those that are listed.")
