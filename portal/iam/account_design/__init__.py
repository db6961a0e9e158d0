"""The account design as CloudFormation: templates rendered whole from accounts, roles, groups and guard rails.

    design      what is to be rendered, as plain data; `declared` reads what a catalogue does not say from its file
    rights      what roles may do, by level and kind of account, besides AWS's own policies
    resources   resources of a template, and the template of several
    people      the Jump account's groups and the boundary of people; `portal` the portal's own roles
    targets     roles that people switch to, with rails, boundaries, the gate at rest, and CloudFormation's own role
    hook        the rules of CloudFormation Guard as a hook, with the role that it reads them in
    archive     the log archive: buckets, key, the organisation's trail
    organisation   service control policies and resource control policies
    comparing   what AWS has otherwise
    quotas      what an account may have, and whether what is rendered keeps to it
    rendering   the files: templates and their parameters, each small enough to be handed in as a body

Templates hold nothing that the portal or people write: no user, no membership, no tag. An inline policy is a resource of its own.
"""
