from django.urls import path

from labelhub.catalog import api, browsing_views, image_views

app_name = "catalog"
urlpatterns = [
    path("api/v1/categories", api.Categories.as_view(), name="api-categories"),
    path("samples/", browsing_views.samples, name="samples"),
    path("samples/<int:sample_id>/", browsing_views.sample, name="sample"),
    path("categories/", browsing_views.categories, name="categories"),
    path(
        "categories/<int:category_id>/catch-all/",
        browsing_views.mark_catch_all,
        name="mark_catch_all",
    ),
    path("images/<slug:sha256>/<int:width>.webp", image_views.image, name="image"),
]
