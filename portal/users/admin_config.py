from django.contrib.admin.apps import AdminConfig


class ReadingAdminConfig(AdminConfig):
    """In a module of its own, since settings name it before any model can be imported."""

    default_site = "portal.users.reading.ReadingSite"
