"""/api/v1/audit: the trail for auditors' programs."""
