from django.db import migrations


def write_documents(apps, schema_editor):
    """Turn each text of a round into a guideline; rounds with the same text share one."""
    Round = apps.get_model("labelling", "Round")
    Guideline = apps.get_model("labelling", "Guideline")
    Version = apps.get_model("labelling", "GuidelineVersion")
    written = {}
    for round in Round.objects.exclude(guideline="").filter(guided_by=None).order_by("pk"):
        text = round.guideline.strip()
        if text and text not in written:
            written[text] = Guideline.objects.create(
                name=_free_name(Guideline, round), created_at=round.created_at
            )
            Version.objects.create(
                guideline=written[text],
                number=1,
                text=text,
                created_by_id=round.created_by_id,
                created_at=round.created_at,
            )
        Round.objects.filter(pk=round.pk).update(guided_by=written.get(text))
    # The rows just written would hold up the changes of their tables.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def write_texts(apps, schema_editor):
    """Give each round the newest text of its guideline back."""
    Round = apps.get_model("labelling", "Round")
    Version = apps.get_model("labelling", "GuidelineVersion")
    for version in Version.objects.order_by("number"):
        Round.objects.filter(guided_by=version.guideline_id).update(guideline=version.text)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _free_name(Guideline, round):
    taken = Guideline.objects.filter(category=None, name=round.name).exists()
    return f"{round.name[:180]} ({round.pk})" if taken else round.name


class Migration(migrations.Migration):
    dependencies = [("labelling", "0002_what_a_round_holds")]

    operations = [
        migrations.RunPython(write_documents, write_texts),
        migrations.RemoveField(model_name="round", name="guideline"),
        migrations.RenameField(model_name="round", old_name="guided_by", new_name="guideline"),
    ]
