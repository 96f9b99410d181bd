from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_fewer_indexes"),
        ("labelling", "0010_fewer_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="is_extra",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="round",
            name="reopened_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_extra", False),
                    models.Q(("annotator__isnull", False), ("answered_at__isnull", False)),
                    _connector="OR",
                ),
                name="extra_assignment_is_of_who_answered",
            ),
        ),
    ]
