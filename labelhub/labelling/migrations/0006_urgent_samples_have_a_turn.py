"""The queue of an assisted round is read off an index, however large the round is."""

from django.db import migrations, models

# Labelling only reads the priority of a sample; this keeps the queue in step with it, whoever
# writes it. Other changes of a sample cost nothing. What somebody holds stays where it is, so that
# nobody who claims ever waits for this.
FOLLOW = """
CREATE FUNCTION labelling_follow_priority() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE labelling_assignment AS assignment SET turn = -NEW.priority
    FROM labelling_round AS round
    WHERE assignment.sample_id = NEW.id AND assignment.answered_at IS NULL
      AND assignment.annotator_id IS NULL AND NOT assignment.is_check
      AND round.id = assignment.round_id AND NOT round.is_blind;
    RETURN NULL;
END $$;
CREATE TRIGGER labelling_follows_priority AFTER UPDATE OF priority ON catalog_sample
FOR EACH ROW WHEN (OLD.priority IS DISTINCT FROM NEW.priority)
EXECUTE FUNCTION labelling_follow_priority();
UPDATE labelling_assignment AS assignment SET turn = -sample.priority
FROM labelling_round AS round, catalog_sample AS sample
WHERE round.id = assignment.round_id AND NOT round.is_blind
  AND sample.id = assignment.sample_id AND sample.priority <> 0;
"""
STAY = """
DROP TRIGGER labelling_follows_priority ON catalog_sample;
DROP FUNCTION labelling_follow_priority();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
        ("labelling", "0005_answers_are_read"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="turn",
            field=models.FloatField(db_default=0, default=0),
        ),
        migrations.RemoveIndex(model_name="assignment", name="assignment_waiting"),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("answered_at", None)),
                fields=["round", "turn", "position", "id"],
                name="assignment_waiting",
            ),
        ),
        migrations.RunSQL(FOLLOW, STAY),
    ]
