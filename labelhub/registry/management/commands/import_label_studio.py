"""`import_label_studio FILE --round NAME`."""

from labelhub.catalog.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Import tasks with annotations and predictions that Label Studio exported as JSON."
    kind = "label_studio"
