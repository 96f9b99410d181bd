from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "labelhub.registry"
    label = "registry"

    def ready(self) -> None:
        from labelhub.catalog import import_kinds
        from labelhub.jobs.kinds import Kind, register
        from labelhub.registry.importable import KINDS

        body = "labelhub.registry.tasks.import_corpus"
        register(Kind("import_corpus", body, _("Corpus import")))
        register(Kind("train", "labelhub.registry.tasks.train", _("Training"), queue="ml"))
        body, title = "labelhub.registry.tasks.search", _("Search of settings")
        register(Kind("search", body, title, queue="ml"))
        body, title = f"{body}_along", _("Search of settings, further worker")
        register(Kind("search_along", body, title, queue="ml"))
        register(Kind("ladder", "labelhub.registry.tasks.ladder", _("Ladder"), queue="ml"))
        register(Kind("predict", "labelhub.registry.tasks.predict", _("Prediction")))
        register(Kind("suggest", "labelhub.registry.tasks.suggest", _("Suggestions of a round")))
        register(Kind("prioritise", "labelhub.registry.tasks.prioritise", _("Order of the queue")))
        for kind in KINDS:
            import_kinds.register(kind)
