from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "labelhub.catalog"
    label = "catalog"
