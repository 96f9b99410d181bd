"""The pages that join people and models, and their part of the API."""

from django.urls import URLPattern, path

from analysis import api

app_name = "analysis"
urlpatterns: list[URLPattern] = [
    path("api/v1/comparison", api.ComparisonView.as_view(), name="api-comparison"),
]
