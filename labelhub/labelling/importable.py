"""The kinds of file that say which samples people see, and what people said of them."""

from django.utils.translation import gettext_lazy as _

from labelhub.catalog.import_kinds import ImportKind, Option

UPDATE = Option("update", _("Replace what exists already with other content"), "flag")
PICKED = Option(
    "picked", _("The products were picked, neither all nor at random"), "flag",
    help=_("Headline figures leave a new round of them out."),
)  # fmt: skip

KINDS = (
    ImportKind(
        name="samples",
        title=_("Samples"),
        help=_("One row a product. Further columns are kept as attributes."),
        required=("product_id", "product_name"),
        optional=(
            "mall_name", "mall_category", "brand", "maker", "price", "registered_at", "image",
            "category_path",
        ),
        steps="labelhub.labelling.services.importing_samples.STEPS",
        export="catalog:export_samples",
        options=(
            Option("create_categories", _("Make categories that are not in the tree"), "flag"),
            UPDATE,
            Option("round", _("Round that the samples join"), help=_("Made when it is new.")),
            Option(
                "source", _("Answers of the round"), "choice",
                help=_("“Given” takes the category paths of the file as answers."),
                choices=(("people", _("people")), ("given", _("given category"))),
                default="people",
            ),
            Option("overlap", _("Annotators a sample, in a new round"), "number", default=1),
            PICKED,
            Option("images", _("Pictures (zip)"), "file", help=_("Named as in the column image.")),
        ),
    ),
    ImportKind(
        name="annotations",
        title=_("Annotations"),
        help=_("One row an answer. An answer without category means: cannot be decided."),
        required=("product_id",),
        optional=("category_path", "category_id", "annotator", "answered_at", "is_assisted"),
        steps="labelhub.labelling.services.importing_annotations.STEPS",
        export="labelling:export_annotations",
        export_choices="labelhub.labelling.services.exporting.choices",
        options=(
            Option("round", _("Round"), help=_("Made when it is new."), is_required=True),
            Option("annotator", _("Annotator, where the row names none")),
            PICKED,
            UPDATE,
        ),
    ),
    ImportKind(
        name="judgements",
        title=_("Judgements"),
        help=_("One row a category of a product, and whether it is acceptable."),
        required=("product_id", "is_acceptable"),
        optional=("category_path", "category_id", "reviewer", "judged_at"),
        steps="labelhub.labelling.services.importing_judgements.STEPS",
        export="labelling:export_judgements",
        options=(Option("reviewer", _("Reviewer, where the row names none")), UPDATE),
    ),
)  # fmt: skip
