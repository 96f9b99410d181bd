from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labelling", "0008_openly_numbered"),
    ]

    operations = [
        migrations.AddField(
            model_name="flag",
            name="resolution",
            field=models.CharField(blank=True, db_default="", max_length=500),
        ),
        migrations.AddField(
            model_name="skip",
            name="resolution",
            field=models.CharField(blank=True, db_default="", max_length=500),
        ),
    ]
