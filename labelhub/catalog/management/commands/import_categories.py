"""`import_categories FILE`."""

from labelhub.catalog.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Import a category tree from CSV or Parquet; see the columns on the page Imports."
    kind = "categories"
