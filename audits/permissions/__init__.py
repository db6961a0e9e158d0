"""The permission audit: what IAM of each account is, and whether the guard rails hold there.

declared    accounts, roles and exceptions, as the trail and the company's own file tell them
looking     one read of an account
judging     how each guard rail stands
keeping     rows, and what changed as an entry of the trail
companies   all accounts together, as they were last read
auditing    what is too much in them, as rows and entries
rounds      all accounts, one after the other
selectors   what pages show
"""
