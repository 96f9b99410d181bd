from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labelling", "0006_urgent_samples_have_a_turn")]

    operations = [
        migrations.RemoveField(
            model_name="flag",
            name="resolution",
        ),
        migrations.AddConstraint(
            model_name="annotation",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_assisted", True), ("suggestions", []), _connector="OR"),
                name="only_an_assisted_annotation_had_suggestions",
            ),
        ),
        migrations.AddConstraint(
            model_name="consensus",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["people", "given"])),
                name="consensus_has_a_known_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="consensus",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["provisional", "settled", "tied", "undecidable"])
                ),
                name="consensus_has_a_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "paused", "closed"])),
                name="round_has_a_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "plan__in",
                        [
                            "everything",
                            "random",
                            "stratified",
                            "uncertainty",
                            "disagreement",
                            "file",
                        ],
                    )
                ),
                name="round_has_a_known_plan",
            ),
        ),
    ]
