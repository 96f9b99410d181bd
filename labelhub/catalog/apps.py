from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "labelhub.catalog"
    label = "catalog"

    def ready(self) -> None:
        from labelhub.catalog import import_kinds
        from labelhub.catalog.importable import KINDS
        from labelhub.jobs import nightly
        from labelhub.jobs.kinds import Kind, register

        register(Kind("import", "labelhub.catalog.tasks.import_file", _("Import")))
        register(
            Kind(
                "forget_uploads",
                "labelhub.catalog.tasks.forget_uploads",
                _("Delete old uploads"),
            )
        )
        nightly.register("forget_uploads")
        for kind in KINDS:
            import_kinds.register(kind)
