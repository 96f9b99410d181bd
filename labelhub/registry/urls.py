from django.urls import path

from labelhub.registry import export_views

app_name = "registry"
urlpatterns = [
    path("imports/export/predictions.csv", export_views.predictions, name="export_predictions"),
]
