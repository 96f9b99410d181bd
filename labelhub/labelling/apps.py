from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LabellingConfig(AppConfig):
    name = "labelhub.labelling"
    label = "labelling"

    def ready(self) -> None:
        from labelhub.jobs import nightly
        from labelhub.jobs.kinds import Kind, register

        register(
            Kind(
                "settle_consensus",
                "labelhub.labelling.tasks.settle_consensus",
                _("Settle the consensus"),
            )
        )
        nightly.register("settle_consensus")
