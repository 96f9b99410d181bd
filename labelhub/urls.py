"""Every address. Each app lists its own pages and its part of `/api/v1/`."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView

from labelhub.accounts.permissions import Allowed
from labelhub.accounts.roles import Action
from labelhub.api_docs import docs

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("labelhub.labelling.urls")),  # first: its API is asked most
    path("", include("analysis.urls")),
    path("", include("labelhub.accounts.urls")),
    path("", include("labelhub.catalog.urls")),
    path("", include("labelhub.jobs.urls")),
    path("", include("labelhub.registry.urls")),
    path("language/", set_language, name="set_language"),
    path(
        "api/schema/",
        SpectacularAPIView.as_view(permission_classes=[Allowed(Action.ENTER)]),
        name="schema",
    ),
    path("api/docs/", docs, name="docs"),
]

handler400 = "labelhub.error_views.bad_request"
handler404 = "labelhub.error_views.not_found"
handler500 = "labelhub.error_views.broken"
