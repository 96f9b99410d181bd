"""`import_predictions FILE`."""

from labelhub.catalog.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Import predictions of a model, as a version that was not trained here."
    kind = "predictions"
