"""`import_judgements FILE`."""

from labelhub.catalog.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Import which categories reviewers found acceptable."
    kind = "judgements"
