from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalysisConfig(AppConfig):
    name = "analysis"
    label = "analysis"

    def ready(self) -> None:
        from labelhub.jobs.kinds import Kind, register

        register(Kind("count_hits", "analysis.tasks.count_hits", _("Rows that rules hit")))
        register(Kind("preview_rule", "analysis.tasks.preview_rule", _("Preview of a rule")))
        register(Kind("make_report", "analysis.tasks.make_report", _("Making a report")))
        register(Kind("seed_demo", "analysis.tasks.seed_demo", _("The demo market")))
