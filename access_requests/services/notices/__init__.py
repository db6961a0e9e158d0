"""Telling others what happened: chats and programs, after the fact and never in its way.

The trail is the source: its entries are read in their order, once, by whoever holds the cursor (`telling`). Each channel says
which recipients want an entry; each of these gets a row (`models.Delivery`), which is sent until it is delivered or given up
(`delivering`). What a person or a worker does writes no row of this and waits for none of it: it nudges, and a nudge that is
lost costs a sweep's period. Workers of this have a queue of their own.

    telling      from the trail to deliveries
    delivering   deliveries as rows
    sending      sending them, with patience
    redelivery   what administrators have sent once more
    contract     what a channel is
    registry     which there are
    slack        cards of requests in Slack, drift and the seal as direct messages
    webhooks     signed bodies to public addresses
    drift        what is told of drift
    seal         what is told of the seal of the trail
    findings     what is told of findings of the audit
    factors      what is told of second factors
    emergency    what is told of log-ins by emergency accounts
    lateness     what was recorded late, looked for; and late, what is told of it
    refreshing   looking at them once more

A channel is a module or a package here with a class that satisfies `contract.Channel`, and an instance of it in
`registry.CHANNELS`.
"""
