"""What an evidence pack says of a period, as functions over values.

periods      fiscal years, halves, quarters and months, as auditors name them
covering     the hours of a period of which CloudTrail was not read
population   accesses by the trail against memberships and log-ins by CloudTrail: each kind of difference
sampling     which of the population is looked at, so that anybody can compute it again
controls     which file of a pack answers for which control of which framework
"""
