"""The demo's past: eight weeks of the company's life before its first start, lived by the real services with moved clocks.

    story/     what happened, as data: who asked for what, what became of it, and what somebody did in AWS meanwhile
    reading    the story, with its moments
    clocks     Python's, the database's and the simulated AWS's, moved together
    people     who acts, and how they proved it then
    in_aws     what people do in AWS itself
    acts       one function for each thing that a story may say
    at_work    the portal's own work in between: messages and sweeps
    living     all of it, from the first day to the last

A new kind of thing that happens is a function of `acts`, by whose name the story says it.
"""
