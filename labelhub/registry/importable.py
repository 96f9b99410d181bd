"""The kinds of file that say what models predicted."""

from django.utils.translation import gettext_lazy as _

from labelhub.catalog.import_kinds import ImportKind, Option
from labelhub.labelling.importable import PICKED

# What is made of a task of Label Studio; the last three hold JSON.
TASK_COLUMNS = (
    "task", "product_id", "product_name", "mall_name", "mall_category", "brand", "maker", "price",
    "registered_at", "image", "category_path", "attributes", "answers", "said",
)  # fmt: skip

KINDS = (
    ImportKind(
        name="predictions",
        title=_("Predictions"),
        help=_("One row a category of a product, with its probability."),
        required=("product_id", "category_path", "probability"),
        optional=("category_id", "rank"),
        steps="labelhub.registry.services.importing.STEPS",
        export="registry:export_predictions",
        export_choices="labelhub.registry.services.exporting.choices",
        options=(
            Option("model", _("Model version"), help=_("Made when it is new."), is_required=True),
            Option("update", _("Replace predictions that exist already"), "flag"),
        ),
    ),
    ImportKind(
        name="label_studio",
        title="Label Studio",
        help=_("Tasks with their annotations and predictions, one answer of a taxonomy each."),
        required=(),
        inner=TASK_COLUMNS,
        reader="labelhub.registry.services.label_studio.reading.open_tasks",
        file_help=_("JSON or JSON-MIN as Label Studio exports it, also .gz."),
        steps="labelhub.registry.services.label_studio.importing.STEPS",
        export="registry:export_label_studio",
        export_choices="labelhub.labelling.services.exporting.choices",
        options=(
            Option("round", _("Round"), help=_("Made when it is new."), is_required=True),
            Option(
                "name_field", _("Field of the data that is the product's name"),
                help=_("Else product_name, name, title or text."),
            ),
            Option(
                "answer_field", _("Question whose answer is the category"),
                help=_("The name of its tag, where a project asks several."),
            ),
            Option("annotator", _("Annotator, where an annotation names none")),
            Option("create_categories", _("Make categories that are not in the tree"), "flag"),
            Option("update", _("Replace what exists already with other content"), "flag"),
            Option("overlap", _("Annotators a sample, in a new round"), "number", default=1),
            PICKED,
        ),
    ),
)  # fmt: skip
