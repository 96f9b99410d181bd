import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_synonyms"),
    ]

    operations = [
        migrations.AlterField(
            model_name="sample",
            name="product_id",
            field=models.CharField(max_length=200),
        ),
        migrations.AlterField(
            model_name="sampleimage",
            name="sample",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="images",
                to="catalog.sample",
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.UniqueConstraint(fields=("product_id",), name="product_id_is_unique"),
        ),
    ]
