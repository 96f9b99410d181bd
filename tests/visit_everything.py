"""Ask for every address as an administrator, then print whether TensorFlow was loaded."""

from __future__ import annotations

import sys

import django

django.setup()

from labelhub.accounts.models import User  # noqa: E402
from tests.test_permissions import ALL_ROUTES, BACKEND, Client, ask  # noqa: E402

client = Client(HTTP_HOST="localhost")
client.force_login(User.objects.get(username="visitor"), backend=BACKEND)
for name in sorted(ALL_ROUTES):
    ask(client, name)
heavy = sorted({module.split(".")[0] for module in sys.modules} & {"tensorflow", "keras"})
print(len(ALL_ROUTES), heavy)  # noqa: T201
