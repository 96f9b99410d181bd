from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LabellingConfig(AppConfig):
    name = "labelhub.labelling"
    label = "labelling"

    def ready(self) -> None:
        from labelhub.catalog import import_kinds
        from labelhub.jobs import nightly
        from labelhub.jobs.kinds import Kind, register
        from labelhub.labelling.importable import KINDS

        register(
            Kind(
                "settle_consensus",
                "labelhub.labelling.tasks.settle_consensus",
                _("Settle the consensus"),
            )
        )
        nightly.register("settle_consensus")
        register(
            Kind("renew_checks", "labelhub.labelling.tasks.renew_checks", _("Renew hidden checks"))
        )
        nightly.register("renew_checks")
        register(
            Kind("forget", "labelhub.labelling.tasks.forget", _("Forget what its time is over for"))
        )
        nightly.register("forget")
        for kind in KINDS:
            import_kinds.register(kind)
