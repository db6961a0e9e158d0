"""Notices to programs of others: signed calls, in the format of Standard Webhooks, to addresses that administrators typed.

    keeping      what administrators do with an endpoint
    recording    its trail, and disabling it
    channel      which endpoints want an entry, and what comes of sending
    bodies       what is sent, and the sentence in it
    signing      by which secrets
    posting      one call, to a public address, which takes its time and no more
    addresses    which addresses are public

docs/webhooks.md is what receivers are written from.
"""
