"""The catalogue, people, their factors, log-ins, programs and directories, in words."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from audits.acts import Act
from audits.acts.saying import News, Words, alert, seal, step

WORDS: Mapping[str, Words] = {
    Act.CATALOGUE_ADDED: step(_("%(who)s added %(subject)s to the catalogue")),
    Act.CATALOGUE_CHANGED: step(_("%(who)s changed %(subject)s in the catalogue")),
    Act.CATALOGUE_RETIRED: step(_("%(who)s took %(subject)s out of the catalogue")),
    Act.SETTINGS_CHANGED: step(_("Settings that decide are not as they were: %(name)s")),
    Act.RUNBOOK_PUBLISHED: step(_("%(who)s published the runbook %(name)s")),
    Act.CHANGE_TEMPLATE_PUBLISHED: step(_("%(who)s published the change template %(name)s")),
    Act.CHANGE_TEMPLATE_REVIEWED: seal(_("%(who)s approved the change template %(name)s")),
    Act.PERSON_ADDED: step(_("%(who)s added the person %(name)s")),
    Act.PERSON_CHANGED: step(_("%(who)s changed what is said of the person %(name)s")),
    Act.PERSON_DISABLED: alert(_("%(who)s disabled the person %(name)s")),
    Act.PERSON_ENABLED: step(_("%(who)s enabled the person %(name)s again")),
    Act.PERSON_PASSWORD_SET: step(_("%(who)s set the password of %(name)s")),
    Act.PERSON_PASSWORD_REHASHED: step(_("The password of %(name)s was hashed anew; it is the same")),
    Act.FIRST_LINK_MADE: step(_("%(who)s made a link by which %(name)s sets a first password")),
    Act.LOGGED_IN: step(_("%(who)s logged in")),
    Act.EMERGENCY_LOG_IN: alert(
        _("%(who)s logged in by the password of an emergency account"),
        News(
            word=_("emergency log-in"),
            sentence=_("%(who)s logged in by an emergency account, which is for when single sign-on is away. Ask why."),
        ),
    ),
    Act.LOGGED_IN_BY_NEW_DEVICE: alert(_("%(who)s logged in with a device that was not known before")),
    Act.LOGGED_OUT: step(_("%(who)s logged out")),
    Act.LOG_IN_FAILED: alert(_("A log-in failed")),
    Act.SESSIONS_ENDED: step(_("%(who)s ended log-ins of %(name)s")),
    Act.FACTOR_ADDED: alert(
        _("%(who)s added a second factor to %(name)s"),
        News(
            word=_("second factor added"),
            sentence=_("%(who)s added a second factor to %(name)s. If that is not expected, ask them."),
        ),
    ),
    Act.FACTOR_REMOVED: step(_("%(who)s removed a second factor of %(name)s")),
    Act.RECOVERY_USED: alert(_("%(who)s used a recovery code")),
    Act.FACTOR_CLONED: alert(
        _("A passkey of %(name)s was refused: its count has not grown, so there may be a copy of it"),
        News(
            word=_("passkey refused, maybe copied"),
            sentence=_("A passkey of %(name)s was refused: there may be a copy of it. Find out who has it."),
        ),
    ),
    Act.FACTOR_RESET_PROPOSED: alert(
        _("%(who)s proposed to reset the second factors of %(name)s"),
        News(
            word=_("reset of second factors proposed"),
            sentence=_("%(who)s proposes to reset the second factors of %(name)s. Another administrator has to do it."),
        ),
    ),
    Act.FACTOR_RESET_DROPPED: step(_("%(who)s dropped the proposal to reset the second factors of %(name)s")),
    Act.FACTORS_RESET: alert(
        _("%(who)s reset the second factors of %(name)s"),
        News(
            word=_("second factors reset"),
            sentence=_("%(who)s reset the second factors of %(name)s."),
        ),
    ),
    Act.IAM_USER_BOUND: step(_("%(who)s bound an IAM user to %(name)s")),
    Act.IAM_USER_UNBOUND: step(_("%(who)s unbound the IAM user of %(name)s")),
    Act.IDENTITY_CENTER_USER_BOUND: step(_("%(who)s bound an Identity Center user to %(name)s")),
    Act.IDENTITY_CENTER_USER_UNBOUND: step(_("%(who)s unbound the Identity Center user of %(name)s")),
    Act.IDENTITY_LINKED: step(_("%(who)s linked an account in a chat to %(name)s")),
    Act.IDENTITY_UNLINKED: step(_("%(who)s unlinked the account in a chat of %(name)s")),
    Act.LOG_IN_LINKED: step(_("%(who)s vouched for %(name)s for the first time")),
    Act.PERSON_ROLES_CHANGED: alert(_("%(who)s changed the roles of %(name)s")),
    Act.PERSON_PROVISIONED: step(_("%(who)s said anew who %(name)s is")),
    Act.DIRECTORY_GROUP_CHANGED: step(_("%(who)s changed the directory's group %(name)s")),
    Act.SCIM_TOKEN_MADE: step(_("%(who)s made the SCIM token %(name)s")),
    Act.SCIM_TOKEN_REVOKED: alert(_("%(who)s revoked the SCIM token %(name)s")),
    Act.CLIENT_ADDED: step(_("%(who)s added the API client %(name)s")),
    Act.CLIENT_CHANGED: step(_("%(who)s changed what the API client %(name)s may do")),
    Act.CLIENT_SECRET_ROTATED: step(_("%(who)s gave the API client %(name)s another secret")),
    Act.CLIENT_REVOKED: alert(_("%(who)s revoked the API client %(name)s")),
    Act.CLIENT_RESTORED: step(_("%(who)s let the API client %(name)s in again")),
    Act.TOKEN_ALLOWED: step(_("%(who)s allowed a program to act for them, by the token %(name)s")),
    Act.TOKEN_DENIED: step(_("%(who)s refused a program that asked to act for them, by the API client %(name)s")),
    Act.TOKEN_COLLECTED: step(_("The program that was allowed to collected the token %(name)s")),
    Act.TOKEN_REVOKED: step(_("%(who)s revoked the token %(name)s")),
}
