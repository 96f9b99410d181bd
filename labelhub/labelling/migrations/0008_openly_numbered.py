import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labelling", "0007_known_words_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="round",
            name="openly_numbered",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
            ),
        ),
    ]
