"""The rules of who may do what, and when. Each is one function, and stands once in RULES with every place where it holds."""

from typing import Any

from access_requests.policy import facts
from access_requests.policy.reports import HasReports
from access_requests.policy.rule import Rule
from access_requests.policy.rules import catalogue, decisions, people, proofs, times
from access_requests.policy.situations import Asking, Deciding, Granting, ProlongAsking, Prolonging, Proving, Situation, Starting
from portal.verbs.rejections import Rejection


def refusal(situation: Situation) -> Rejection | None:
    """Return what the first rule that holds at the situation's place refuses it with, or None: then it may be done."""
    for rule in RULES:
        if type(situation) in rule.at and (refused := rule.refusal(situation)) is not None:
            return refused
    return None


def check(situation: Situation) -> None:
    """Raise what the situation is refused with."""
    if (refused := refusal(situation)) is not None:
        raise refused


AT_APPROVAL = {Starting: people.requester_may_not, Prolonging: people.requester_may_not}

# The first that refuses is the one that is told.
RULES: tuple[Rule[Any], ...] = (
    Rule[facts.HasApprover](refuses=decisions.approver_is_enabled, at=(Deciding,)),
    Rule[facts.HasApprover](refuses=decisions.nobody_decides_on_their_own, at=(Deciding,)),
    Rule[facts.HasApprover](refuses=decisions.only_approvers_decide, at=(Deciding,)),
    Rule[facts.HasApprover](refuses=decisions.nobody_decides_twice, at=(Deciding,)),
    Rule[facts.HasRequest](refuses=decisions.only_what_waits_is_decided_on, at=(Deciding,)),
    Rule[facts.HasRequest](refuses=decisions.decisions_have_a_deadline, at=(Deciding,)),
    Rule[facts.HasRequest](refuses=decisions.levels_decide_in_turn, at=(Deciding,)),
    Rule[facts.HasPassage](refuses=decisions.policy_names_the_doors, at=(Deciding,)),
    Rule[facts.HasMovedLevels](refuses=decisions.approvals_stay_at_their_level, at=(Deciding,)),
    Rule[facts.HasApproval](refuses=decisions.nobody_approves_after_their_own_client, at=(Deciding,)),
    Rule[facts.HasEnd](refuses=people.access_is_not_over, at=(Granting,)),
    Rule[facts.HasRequester](
        refuses=people.requester_is_enabled, at=(Asking, ProlongAsking, Starting, Prolonging, Granting), said=AT_APPROVAL
    ),
    Rule[facts.HasSubmissions](refuses=people.submissions_within_the_hour, at=(Asking, ProlongAsking)),
    Rule[facts.HasSubmissions](refuses=people.requests_that_wait, at=(Asking, ProlongAsking)),
    # At asking only: whoever is in production and needs more time is not thrown out for a report.
    Rule[HasReports](refuses=people.reports_are_written, at=(Asking,)),
    Rule[facts.HasExtended](refuses=people.more_time_is_asked_for_by_whom_it_is_for, at=(ProlongAsking, Prolonging)),
    Rule[facts.HasExtended](refuses=people.only_open_access_is_prolonged, at=(ProlongAsking, Prolonging)),
    Rule[facts.HasExtended](refuses=people.a_change_is_prolonged_once_it_has_begun, at=(ProlongAsking,)),
    Rule[facts.HasRequester](
        refuses=people.work_groups_are_in_the_catalogue, at=(Starting, Prolonging, Granting), said={Granting: people.retired}
    ),
    Rule[facts.HasRequester](refuses=people.policies_stay, at=(Starting, Prolonging)),
    Rule[facts.HasRequester](
        refuses=people.work_groups_are_open_to_the_requester,
        at=(Asking, ProlongAsking, Starting, Prolonging, Granting),
        said={**AT_APPROVAL, Granting: people.requester_may_not},
    ),
    Rule[facts.HasRequester](
        refuses=people.requester_is_somebody_in_aws, at=(Asking, ProlongAsking, Starting, Prolonging), said=AT_APPROVAL
    ),
    Rule[facts.HasPrincipal](refuses=people.requester_is_the_same_in_aws, at=(Granting,)),
    Rule[facts.HasWindow](refuses=times.starts_lie_ahead, at=(Asking,)),
    Rule[facts.HasWindow](refuses=times.starts_lie_near, at=(Asking,)),
    Rule[facts.HasWindow](refuses=times.ends_lie_ahead, at=(Asking,)),
    Rule[facts.HasWindow](refuses=times.ends_follow_starts, at=(Asking,)),
    Rule[facts.HasNewEnd](refuses=times.more_time_ends_later, at=(ProlongAsking,)),
    Rule[facts.HasLimits](refuses=times.shortest_time, at=(Asking,)),
    Rule[facts.HasLimitsOfGroups](
        refuses=times.longest_time,
        at=(Asking, ProlongAsking, Starting, Prolonging),
        said={Starting: people.longer_than_now_allowed, Prolonging: people.longer_than_now_allowed},
    ),
    Rule[facts.HasChange](refuses=times.others_in_aws_agree_first, at=(Prolonging,)),
    Rule[facts.HasPending](refuses=times.one_waits_at_a_time, at=(Asking, ProlongAsking, Prolonging)),
    Rule[facts.HasOverlap](refuses=times.windows_do_not_overlap, at=(Asking, ProlongAsking, Starting, Prolonging)),
    Rule[facts.HasGates](refuses=catalogue.gates_have_room, at=(Starting,)),
    Rule[facts.HasSeats](refuses=catalogue.policy_can_be_satisfied, at=(Asking, ProlongAsking)),
    Rule[facts.HasRoles](refuses=catalogue.roles_are_known, at=(Asking, ProlongAsking, Deciding)),
    Rule[facts.HasSight](refuses=decisions.approvers_saw_what_holds, at=(Deciding,)),
    Rule[facts.HasSignature](refuses=decisions.signatures_hold, at=(Deciding,)),
    Rule[facts.HasSignature](refuses=decisions.passkeys_are_no_newcomers, at=(Deciding,)),
    Rule[facts.HasSignature](refuses=decisions.passkeys_count_their_signatures, at=(Deciding,)),
    # Nobody is asked to sign what would be refused all the same; and who has signed has proven themselves.
    Rule[facts.HasPassage](refuses=decisions.passkeys_sign_where_the_policy_wants_it, at=(Deciding,)),
    # Last, so that nobody is asked for a proof for what would be refused all the same.
    Rule[facts.HasProof](refuses=proofs.who_decides_has_a_factor, at=(Deciding, ProlongAsking, Proving)),
    Rule[facts.HasProof](refuses=proofs.proof_is_fresh_and_strong, at=(Deciding, ProlongAsking, Proving)),
    Rule[facts.HasGrounds](refuses=people.decisions_found_it, at=(Granting,)),
)
