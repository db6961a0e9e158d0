"""What people are told about API clients and tokens of their own, in the browser alone: no program meets these."""

from portal.verbs.rejections import NotAllowed, Unusable, _


class KeptInFile(NotAllowed):
    code = "kept_in_file"
    sentence = _("This client is kept in the catalogue file. Change it there; here it can only be revoked.")


class ClientKeyTaken(Unusable):
    code = "client_key_taken"
    sentence = _("There is a client with the key or client ID %(key)s already, perhaps a revoked one. Choose another key.")


class PersonalClientsName(Unusable):
    code = "personal_clients_name_nobody"
    sentence = _("A client for people's own scripts names nobody: each token of it acts for its own person.")


class DecidesByFile(Unusable):
    code = "decides_by_file"
    sentence = _(
        "A service that may decide is kept in the catalogue file: whoever makes one here knows its secret, and could decide in "
        "other people's names."
    )


class CodeUnusable(Unusable):
    code = "code_unusable"
    sentence = _("This code is unknown, has expired or was used. Start anew where the code came from.")
