"""The trail as a stream for a SIEM: every entry as an event of OCSF, one a line, in the order of the trail.

classes   which class of OCSF each act is
events    an entry as an event
places    where events are taken: standard output, a file, an address, a bucket
sending   one sender at a time, from where the last one stopped
"""
