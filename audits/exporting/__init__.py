"""What an auditor takes home: an export of the log, or the story of a request; and the same check in place."""
