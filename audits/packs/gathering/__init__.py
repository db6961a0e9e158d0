"""What the trail and CloudTrail say of a period, as files of JSON Lines: read page by page, so that memory stays bounded.

lines        writing and reading such files
accesses     T: accesses, and what joins them with the others
memberships  M: events of CloudTrail on work groups
logins       L: log-ins to production
joining      T against M and L, access by access, and what is left over
covering     hours of which CloudTrail was not read
rest         findings, changes, what came late
privileged   who may do much to the portal itself
"""
