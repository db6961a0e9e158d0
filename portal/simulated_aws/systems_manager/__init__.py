"""Systems Manager beyond sessions: documents, and what Automation and Change Manager do with them.

    content         the text of a document, as a tree, or why it is none
    definitions     what a runbook says: parameters and steps
    checking        whether the tree is a runbook or a change template, in AWS's words where not
    actions         what a step may be; `declared_parameters` and `templates` what else a document says
    documents       documents and their versions, kept
    reviews         whether a version of a change template may be used, and who said so
    executions      executions and change requests, kept; `tokens` knows which call started which
    given_parameters   the parameters of an execution, against those declared
    assuming        the role that a runbook acts in
    runs            from step to step, in a thread; `steps` does what each says, `waiting` waits by AWS's clock
    calls           what a runbook asks of AWS; `substitution` and `selectors` put values in and take them out
    approvals       who may approve a step, and whether enough have
    change_requests a change request from its first approval to the end of its runbook
    change_manager  whether there is Change Manager here, and what its calendar says

The calls are in `document_calls`, `automation_calls` and `change_calls`, `response` is the service, and `document_answers` and
`automation_answers` word what it says. An action, an input or a type of document that is not simulated is refused
with these words, and never half done.
"""
