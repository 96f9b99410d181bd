"""The Celery application. It carries job ids; the truth of a job is its row (`labelhub.jobs`)."""

import os

from celery import Celery

from labelhub.jobs import broker  # noqa: F401  # makes folder:// known

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.settings")

app = Celery("labelhub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["labelhub.jobs"])
