"""The door of directories: SCIM 2.0 by scim2-server, over the verbs of people."""
