from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "labelhub.jobs"
    label = "jobs"

    def ready(self) -> None:
        # The first makes our Celery application the one that tasks ring, in web processes too;
        # the second connects its worker signals.
        from labelhub import celery  # noqa: F401
        from labelhub.jobs import workers  # noqa: F401
