"""CloudFormation: templates are carried out, each resource by ordinary calls of the stack's caller or its service role.

    template_text       JSON and YAML with its short forms
    templates           what a template declares, and what is wrong with it
    given_parameters    the values of its parameters
    functions           Ref, Fn::GetAtt, Fn::Sub and their like; conditions
    ordering            what must be there before what
    plans               a template with its values: what is to be deployed; `previewing` says what that would change
    kinds               how a resource of each kind is made, changed and deleted; `kinds.declared` are kept, and not carried out
    deploying           carrying a plan out, rolling it back, deleting; `running` does so in a thread
    response            the calls; `answers` says how they show what is there

The stacks themselves are in `portal.simulated_aws.stacks`.
"""
