from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0007_second_factors"),
        # Writes down which flags there were, and takes them.
        ("access_requests", "0028_told_whole"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_staff", False), ("is_superuser", False)), name="users_without_flags_of_django"
            ),
        ),
    ]
