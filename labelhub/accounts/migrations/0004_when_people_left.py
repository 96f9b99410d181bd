from django.db import migrations, models
from django.db.models import Q

# When somebody was deactivated is known from the trail alone until now.
SINCE_WHEN = """
UPDATE accounts_user AS person SET deactivated_at = entry.at
FROM (
  SELECT target_id, max(at) AS at FROM accounts_auditentry
  WHERE verb = 'deactivated a person' AND target_type = 'user' GROUP BY target_id
) AS entry
WHERE entry.target_id = person.id::text AND NOT person.is_active
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_pseudonym_and_notice")]

    operations = [
        migrations.AddField("user", "deactivated_at", models.DateTimeField(null=True)),
        migrations.AddField("user", "name_forgotten_at", models.DateTimeField(null=True)),
        migrations.RunSQL(SINCE_WHEN, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=Q(("deactivated_at", None), ("is_active", False), _connector="OR"),
                name="only_who_is_inactive_was_deactivated",
            ),
        ),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=Q(
                    Q(("notice_read", 0), ("notice_read_at", None)),
                    Q(("notice_read__gte", 1), ("notice_read_at__isnull", False)),
                    _connector="OR",
                ),
                name="read_notice_says_when",
            ),
        ),
    ]
