"""What is wrong with policies as somebody wrote them. Pure; nothing is asked of AWS.

remarks      what is said: rules, how grave they are, in which words
bodies       a statement as it is written, with the place of each part
giving       too much: administrators, wildcards, NotAction, PassRole, versions of policies
trusting     to whom: strangers, other accounts, services on behalf of anybody, no MFA
denying      denies that never hold, or not for everybody
never        why a condition never holds
escalating   published ways from some rights to all of them
railing      guard rails that are broken, missing or out of date
checking     all of it, over a file
"""
