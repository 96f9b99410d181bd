from django.urls import path

from labelhub.registry import corpora_views, export_views, label_studio_views

app_name = "registry"
urlpatterns = [
    path("corpora/", corpora_views.corpora, name="corpora"),
    path("corpora/new/", corpora_views.new_corpus, name="corpus-new"),
    path("corpora/<int:corpus_id>/", corpora_views.corpus, name="corpus"),
    path("imports/export/predictions.csv", export_views.predictions, name="export_predictions"),
    path("imports/export/label-studio.json", label_studio_views.tasks, name="export_label_studio"),
    path(
        "rounds/<int:round_id>/label-studio/",
        label_studio_views.round_page,
        name="round-label-studio",
    ),
]
