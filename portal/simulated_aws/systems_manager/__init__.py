"""Systems Manager beyond sessions: documents, and what Automation and Change Manager do with them.

    content         the text of a document, as a tree, or why it is none
    definitions     what a runbook says: parameters and steps
    checking        whether the tree is a runbook or a change template, in AWS's words where not
    templates       what a change template says besides
    documents       documents and their versions, kept
    reviews         whether a version of a change template may be used, and who said so
    document_calls  the calls about documents

An action, an input or a type of document that is not simulated is refused with these words, and never half done.
"""
