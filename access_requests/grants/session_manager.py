"""Session Manager sessions, which no policy ends once they are open."""

from portal.aws.calls import AwsClient, is_missing
from portal.aws.errors import BackendRefused

GONE = "DoesNotExistException"


def terminate_all(aws: AwsClient, *, owner_arn: str) -> list[str]:
    """End the open sessions of one role session, arn:aws:sts::…:assumed-role/ROLE/NAME, in the client's Region; return their ids.

    One call for every 200 sessions and one for each open one. Raises BackendError. Source: Systems Manager DescribeSessions.
    """
    ended: list[str] = []
    token: dict[str, str] = {}
    while True:
        filters = [{"key": "Owner", "value": owner_arn}]
        answer = aws.call("describe_sessions", State="Active", Filters=filters, MaxResults=200, **token)
        for session in answer["Sessions"]:
            # The filter is AWS's; whose session it is, is looked at here once more.
            if session.get("Owner") == owner_arn:
                _terminate(aws, session["SessionId"])
                ended.append(str(session["SessionId"]))
        if not answer.get("NextToken"):
            return ended
        token = {"NextToken": answer["NextToken"]}


def _terminate(aws: AwsClient, session_id: str) -> None:
    try:
        aws.call("terminate_session", SessionId=session_id)
    except BackendRefused as error:
        if not is_missing(error) and error.problem != GONE:
            raise
