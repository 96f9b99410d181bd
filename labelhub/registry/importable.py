"""The kinds of file that say what models predicted."""

from django.utils.translation import gettext_lazy as _

from labelhub.catalog.import_kinds import ImportKind, Option

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
)
