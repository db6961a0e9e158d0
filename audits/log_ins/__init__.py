"""Log-ins to production: read from CloudTrail, matched with what the trail says about leave, and told in the trail.

knowing    accounts, roles and people as the trail tells them; what is declared besides
history    what it told of roles, groups and people at each time: a log-in is judged by what was declared then
regions    which Regions each account has switched on, as AWS says
giving     whose leave there was in a time: windows of accesses, from the trail alone
pieces     events as they are grouped
keeping    events as rows, each once, and which log-in they belong to
judging    the class of a log-in, its row and its entry, written together; nobody else writes either
using      whether an access was used, and why that is not known
telling    what CloudTrail itself is seen to be: stopped, missing, with gaps
trails     which trails there are, whether they write, and where their files are
filing     the files of trails; `digesting`, whether they are as CloudTrail wrote them
reading    LookupEvents, a piece at a time; `rounds`, one after the other
selectors  what others may ask: log-ins, what was done, what remains, what has not been read
"""
