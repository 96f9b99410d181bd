from django.db import migrations, models

import labelhub.accounts.models


def name_everybody(apps, schema_editor):
    """Draw a pseudonym for each person that is here already."""
    people = apps.get_model("accounts", "User")
    for person in people.objects.iterator():
        person.pseudonym = labelhub.accounts.models.new_pseudonym()
        person.save(update_fields=["pseudonym"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_is_append_only")]

    operations = [
        migrations.AddField("user", "notice_read", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("user", "notice_read_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "user", "pseudonym", models.CharField(max_length=16, null=True, unique=True)
        ),
        migrations.RunPython(name_everybody, migrations.RunPython.noop),
        # The rows just named leave pending checks, which a change of the table must not meet.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            "user",
            "pseudonym",
            models.CharField(
                default=labelhub.accounts.models.new_pseudonym, max_length=16, unique=True
            ),
        ),
    ]
