from django.urls import path

from labelhub.labelling import api, export_views

app_name = "labelling"
urlpatterns = [
    path("imports/export/annotations.csv", export_views.annotations, name="export_annotations"),
    path("imports/export/judgements.csv", export_views.judgements, name="export_judgements"),
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
