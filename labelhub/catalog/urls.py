from django.urls import path

from labelhub.catalog import (
    api,
    browsing_views,
    export_views,
    image_views,
    import_views,
    synonym_views,
)

app_name = "catalog"
urlpatterns = [
    path("api/v1/categories", api.Categories.as_view(), name="api-categories"),
    path("imports/", import_views.imports, name="imports"),
    path("imports/new/<slug:kind>/", import_views.new, name="import_new"),
    path("imports/<int:batch_id>/", import_views.batch, name="import_batch"),
    path("imports/<int:batch_id>/refused.csv", import_views.refused, name="import_refused"),
    path("imports/export/categories.csv", export_views.categories, name="export_categories"),
    path("imports/export/samples.csv", export_views.samples, name="export_samples"),
    path("imports/export/synonyms.csv", export_views.synonyms, name="export_synonyms"),
    path("samples/", browsing_views.samples, name="samples"),
    path("samples/<int:sample_id>/", browsing_views.sample, name="sample"),
    path("categories/", browsing_views.categories, name="categories"),
    path(
        "categories/<int:category_id>/catch-all/",
        browsing_views.mark_catch_all,
        name="mark_catch_all",
    ),
    path("synonyms/", synonym_views.synonyms, name="synonyms"),
    path("synonyms/add/", synonym_views.add, name="synonym_add"),
    path("synonyms/start/", synonym_views.start, name="synonyms_start"),
    path("synonyms/<int:synonym_id>/remove/", synonym_views.remove, name="synonym_remove"),
    path("synonyms/proposals/<int:proposal_id>/", synonym_views.decide, name="synonym_decide"),
    path("images/<slug:sha256>/<int:width>.webp", image_views.image, name="image"),
    path("images/<slug:sha256>/whole", image_views.whole, name="whole-image"),
]
