"""How Systems Manager says no. The codes are those of its service model."""

from portal.simulated_aws.errors import Refusal


class InvalidDocument(Refusal):
    code = "InvalidDocument"
    message = "Document with name {name} does not exist."


class InvalidDocumentVersion(Refusal):
    code = "InvalidDocumentVersion"
    message = "The document version is not valid or does not exist."


class InvalidDocumentContent(Refusal):
    code = "InvalidDocumentContent"


class InvalidDocumentSchemaVersion(Refusal):
    code = "InvalidDocumentSchemaVersion"
    message = "The version of the document schema is not supported."


class InvalidDocumentOperation(Refusal):
    code = "InvalidDocumentOperation"


class DocumentAlreadyExists(Refusal):
    code = "DocumentAlreadyExists"
    message = "The specified document already exists."


class DocumentLimitExceeded(Refusal):
    code = "DocumentLimitExceeded"
    message = "You can have at most 500 active SSM documents."


class DocumentVersionLimitExceeded(Refusal):
    code = "DocumentVersionLimitExceeded"
    message = "The document has too many versions. Delete one or more document versions and try again."


class DuplicateDocumentContent(Refusal):
    code = "DuplicateDocumentContent"
    message = "The content of the document matches another version. Change the content of the document and try again."


class DuplicateDocumentVersionName(Refusal):
    code = "DuplicateDocumentVersionName"
    message = "The version name has already been used in this document. Specify a different version name, and then try again."


class MaxDocumentSizeExceeded(Refusal):
    code = "MaxDocumentSizeExceeded"
    message = "The size limit of a document is 64 KB."


class NoLongerSupported(Refusal):
    code = "NoLongerSupportedException"
    message = "AWS Systems Manager Change Manager is no longer open to new customers."


class AutomationDefinitionNotFound(Refusal):
    code = "AutomationDefinitionNotFoundException"
    message = "Automation Definition Not Found for Id: {name}"


class AutomationDefinitionVersionNotFound(Refusal):
    code = "AutomationDefinitionVersionNotFoundException"
    message = "Automation Definition Not Found for Id: {name}, version: {version}"


class AutomationDefinitionNotApproved(Refusal):
    code = "AutomationDefinitionNotApprovedException"
    message = "The change template {name}, version {version}, is not approved: its review status is {status}."


class AutomationExecutionNotFound(Refusal):
    code = "AutomationExecutionNotFoundException"
    message = "Automation Execution Not Found for Id: {id}"


class AutomationStepNotFound(Refusal):
    code = "AutomationStepNotFoundException"
    message = "The execution has no step that waits for a signal."


class InvalidAutomationExecutionParameters(Refusal):
    code = "InvalidAutomationExecutionParametersException"


class InvalidAutomationSignal(Refusal):
    code = "InvalidAutomationSignalException"


class InvalidAutomationStatusUpdate(Refusal):
    code = "InvalidAutomationStatusUpdateException"


class IdempotentParameterMismatch(Refusal):
    code = "IdempotentParameterMismatch"
    message = "The client token was used before, with other parameters."


class InvalidFilterValue(Refusal):
    code = "InvalidFilterValue"
