"""`import_annotations FILE`."""

from labelhub.catalog.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Import answers of people into a round."
    kind = "annotations"
