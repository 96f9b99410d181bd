from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labelling", "0004_contests_are_answered")]

    operations = [
        migrations.AddField(
            model_name="question",
            name="read_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(
                condition=models.Q(("answered_at", None)),
                fields=["asked_at"],
                name="question_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("read_at", None),
                    models.Q(
                        ("answered_at__isnull", False), ("read_at__gte", models.F("answered_at"))
                    ),
                    _connector="OR",
                ),
                name="only_an_answer_is_read",
            ),
        ),
    ]
