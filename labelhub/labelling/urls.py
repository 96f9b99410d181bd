from django.urls import path

from labelhub.labelling import api

app_name = "labelling"
urlpatterns = [
    path("api/v1/rounds", api.Rounds.as_view(), name="api-rounds"),
    path("api/v1/rounds/<int:round_id>/claim", api.Claim.as_view(), name="api-claim"),
    path("api/v1/rounds/<int:round_id>/undo", api.Undo.as_view(), name="api-undo"),
    path(
        "api/v1/assignments/<int:assignment_id>/annotation",
        api.Answer.as_view(),
        name="api-answer",
    ),
    path("api/v1/assignments/<int:assignment_id>/skip", api.Skip.as_view(), name="api-skip"),
]
