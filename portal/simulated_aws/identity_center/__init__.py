"""IAM Identity Center: an instance with its identity store, in the account and the Region that a world declares.

    store_calls   the calls of the identity store about users and groups, `membership_calls` those about memberships
    instances     which instances there are

Users, groups and memberships are kept by `identity_directory`, which permissions are looked up in too.

moto's identity store answers without the ARNs that the service model asks for, lets one be member twice, and makes
whatever store somebody asks for; so this one is our own.
"""
