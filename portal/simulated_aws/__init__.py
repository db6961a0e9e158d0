"""AWS for the demo and the tests: moto in a process of its own, made as strict as AWS.

moto keeps the state and speaks the wire protocol; the modules here add what it lacks, one concept each:

    gateway         every call passes here once: who calls, is the input well formed, may they, what came of it
    credentials     access keys and sessions that this AWS knows, and nobody else's
    constraints     lengths and patterns, read from botocore's own service model; `json_types` the types of values in JSON
    authorization   what policies say to a call, with `identities` (whose), `resources` (on what), `conditions` (when)
                    about a call that is `asked`; `resource_arns` finds what it names
    switching       taking on a role; `sts` and the console's page in `doors` are two ways to it
    doors           pages on which people sign in; `signing_in` and `console` are for whoever plays them
    trusting        roles that trust no principal: a service, or an identity provider
    sessions        temporary credentials that were given out; `root` stands for an account's root user
    devices, totp   MFA devices and their codes
    users           names, ids, renames, boundaries of IAM users
    names           names that may differ by more than their case
    tags            tags of users
    quotas          how much AWS lets one have
    memberships     groups and who may leave or delete them
    paging          lists that come in pages
    authorization_details   all of an account's users, groups, roles and policies
    simulation      SimulatePrincipalPolicy and SimulateCustomPolicy
    events, trail   what CloudTrail writes down, and keeps; `cloudtrail` looks it up
    user_identity   who did it, in an event; `sign_in_events` and `federation_events` are of those who come in
    trails          what CloudTrail's trails deliver into buckets, signed; `lookups` limits what is asked of it
    session_manager sessions on instances; the rest of Systems Manager is in `systems_manager`
    stacks          CloudFormation's stacks; `cloudformation` carries templates out
    signing_keys    KMS's keys for signatures; `key_management` is the door to them
    objects         S3's buckets with versions and Object Lock; `object_calls` tells which call it is
    leaving         calls by which something could outlive a session, answered with nothing
    service_calls   calls that a service of AWS makes for somebody, and `service_roles` the role that it makes them in
    organization    what all accounts belong to; `organizations` tells of it
    identity_center users, groups and memberships of IAM Identity Center
    clock           what time it is here
    faults          how AWS fails while it is told to; `failing` is the door with them, `history` what stale reads see

A world (accounts, roles, groups, users) is declared as data (`world`), built and added to through a control address (`control`).
`company` is the demo's on its first day, with people who come when `deployment` has made the stacks of its account design.
`control`, `console`, `signing_in`, `command_line`, `deployment`, `world`, `company` and `totp` are importable without moto.
"""
