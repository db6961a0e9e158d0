"""Trails of CloudTrail: files of events in buckets, and hourly digests that prove them.

    configured   the trails that there are, with the times in which each was logging
    log_files    what lies in a file, and how it is called
    signing      the keys of each Region by which digests are signed
    digests      what a digest says, and its signature
    delivering   puts all that into buckets, as of when somebody looks
    calls        CreateTrail and the others

Nothing is random: files, digests and signatures follow from the events, the trail and the key, which outlive the process where
events do (`trail.keep_in`). So a bucket is filled again after a restart with the same bytes.
"""
