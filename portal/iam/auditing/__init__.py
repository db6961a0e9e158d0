"""Who can do what in all accounts of a company together, and what of it is too much. Pure; nothing is asked of AWS.

company     accounts as a look read them, with what was declared of them
identities  whoever can call: users, groups and sessions of roles, with the keys of their calls
deployed    policies of an account as the checks of files take them
steps       what somebody can do to act as somebody else, one step
reaching    whom somebody reaches by such steps, the shortest way first
answering   what somebody may do to a thing: at rest, during an access, and through roles
excess      what is too much, once for each cause; `credentials` and `tidiness` know their own
mending     the policy that mends it, ready to copy
"""
