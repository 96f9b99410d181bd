"""`import_synonyms FILE`."""

from labelhub.catalog.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Import synonyms of categories and of words from CSV or Parquet."
    kind = "synonyms"
