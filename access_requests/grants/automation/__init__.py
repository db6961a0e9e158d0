"""`ssm_automation`: runbooks of Systems Manager Automation write tag and membership, started by the portal itself.

backend     its verbs           by_runbook  what every backend that grants by runbooks shares     grant  what they read of a grant
steps       how a runbook is started, followed and stopped        documents  what the runbooks say, step by step
reading     executions as AWS has them                            fences     what AWS ends
needs       its roles           probe       whether it could grant now                  words  what people read of it
"""

from access_requests.grants.automation.backend import SsmAutomationBackend

__all__ = ["SsmAutomationBackend"]
