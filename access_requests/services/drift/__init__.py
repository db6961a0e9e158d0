"""Drift: AWS compared with what the portal left there. What differs is reported, or undone where so configured.

looking, learning     what AWS has now, and what of it is kept       running     one comparison, one at a time
expected, watched     what should be there, and who is looked at     recording   the difference as rows, with their trail
comparing, people,    the rules of the difference, by subject        announcing  what of it is news
policies, trust, …                                                   blaming     who did it, by CloudTrail
matrix, switching     who can switch where                           answering   what administrators ask for
abilities             what a role can do                             undoing     putting it right in AWS
"""
