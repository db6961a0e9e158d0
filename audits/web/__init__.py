"""Pages for auditors, at /audit/. Administrators read them too; nobody changes anything here but where the seal is stopped."""
