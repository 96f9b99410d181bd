"""`import_samples FILE`."""

from labelhub.catalog.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Import samples from CSV or Parquet, and let them join a round."
    kind = "samples"
