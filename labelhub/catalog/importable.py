"""The kinds of file that the catalogue takes in."""

from django.utils.translation import gettext_lazy as _

from labelhub.catalog.import_kinds import ImportKind, Option

KINDS = (
    ImportKind(
        name="categories",
        title=_("Category tree"),
        help=_("One row a category. What the file lacks is retired, never deleted."),
        required=("category_path",),
        optional=("category_id", "name", "depth", "is_leaf", "is_catch_all"),
        steps="labelhub.catalog.services.importing_categories.STEPS",
        export="catalog:export_categories",
        options=(
            Option("update", _("Move categories whose id stands elsewhere"), "flag"),
            Option("is_part", _("The file is a part of the tree: retire nothing"), "flag"),
        ),
    ),
    ImportKind(
        name="synonyms",
        title=_("Synonyms"),
        help=_("Words that people search for: of a category, or of a word in any name."),
        required=("word",),
        optional=("category_path", "category_id", "stands_for", "is_inside"),
        steps="labelhub.catalog.services.importing_synonyms.STEPS",
        export="catalog:export_synonyms",
    ),
)
