"""What people read of it. A backend of the portal's own has its words translated."""

from access_requests.grants.words import Words

WORDS = Words(
    name="Tag on the IAM user",
    how="The portal tags the IAM user once all have approved, and policies in AWS ask for the tag.",
    end="AWS itself refuses new switches, and calls of open sessions, after the end.",
    problems={"TagPolicyViolation": "A tag policy is in the way of the tag. An administrator must change it."},
    to_do={"call_denied": "Let the portal read the tags of IAM users."},
    steps={
        "unexplained_member": (("UntagUser", "%(name)s loses the tag of %(thing)s."),),
        "member_missing": (("TagUser", "The tag is set again, until the end of the access."),),
    },
    touches={"unexplained_member": "%(name)s alone, who has the tag no longer."},
)
