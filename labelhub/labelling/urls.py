from django.urls import path

from labelhub.labelling import (
    agreement_views,
    api,
    checks_views,
    export_views,
    guideline_api,
    guideline_views,
    history_views,
    label_views,
    question_views,
    remark_views,
    round_change_views,
    round_new_views,
    round_views,
)

app_name = "labelling"
urlpatterns = [
    path("label/", label_views.label, name="label"),
    path("label/checks/", checks_views.own_checks, name="checks-own"),
    path("label/checks/<int:showing_id>/contest/", checks_views.contest, name="check-contest"),
    path("label/history/", history_views.history, name="history"),
    path("label/history/changed/", history_views.changed, name="history-changed"),
    path("label/history/pace/", history_views.pace, name="history-pace"),
    path("label/person/", label_views.person, name="label-person"),
    path("label/logged-in/", label_views.logged_in, name="label-logged-in"),
    path("label/<int:round_id>/", label_views.label_round, name="label-round"),
    path("label/<int:round_id>/pace/", label_views.pace, name="label-pace"),
    path("label/<int:round_id>/answer/", label_views.answer, name="label-answer"),
    path("label/<int:round_id>/skip/", label_views.skip, name="label-skip"),
    path("label/<int:round_id>/undo/", label_views.undo, name="label-undo"),
    path("checks/", checks_views.check_list, name="checks"),
    path("checks/draw/", checks_views.draw, name="checks-draw"),
    path("checks/make/", checks_views.make, name="checks-make"),
    path("checks/<int:showing_id>/decide/", checks_views.decide, name="check-decide"),
    path("rounds/", round_views.round_list, name="rounds"),
    path("rounds/new/", round_new_views.round_new, name="round-new"),
    path("rounds/new/preview/", round_new_views.round_preview, name="round-preview"),
    path("rounds/<int:round_id>/", round_views.round_page, name="round"),
    path("rounds/<int:round_id>/change/", round_change_views.round_change, name="round-change"),
    path("rounds/<int:round_id>/edit/", round_change_views.round_edit, name="round-edit"),
    path("rounds/<int:round_id>/extend/", round_change_views.round_extend, name="round-extend"),
    path("rounds/<int:round_id>/overlap/", round_change_views.round_overlap, name="round-overlap"),
    path(
        "rounds/<int:round_id>/withdraw/", round_change_views.round_withdraw, name="round-withdraw"
    ),
    path(
        "rounds/<int:round_id>/agreement/",
        agreement_views.round_agreement,
        name="round-agreement",
    ),
    path("rounds/remarks/", remark_views.remark_list, name="remarks"),
    path("rounds/remarks/handle/", remark_views.remarks_handle, name="remarks-handle"),
    path("rounds/<int:round_id>/ask/", question_views.ask_in_round, name="round-ask"),
    path("guidelines/", guideline_views.guideline_list, name="guidelines"),
    path("guidelines/new/", guideline_views.guideline_new, name="guideline-new"),
    path("guidelines/preview/", guideline_views.guideline_preview, name="guideline-preview"),
    path("guidelines/questions/", question_views.question_list, name="questions"),
    path("guidelines/<int:guideline_id>/", guideline_views.guideline_page, name="guideline"),
    path(
        "guidelines/<int:guideline_id>/edit/", guideline_views.guideline_edit, name="guideline-edit"
    ),
    path(
        "guidelines/<int:guideline_id>/versions/",
        guideline_views.guideline_versions,
        name="guideline-versions",
    ),
    path(
        "guidelines/<int:guideline_id>/restore/",
        guideline_views.guideline_restore,
        name="guideline-restore",
    ),
    path(
        "guidelines/<int:guideline_id>/examples/", guideline_views.example_add, name="example-add"
    ),
    path(
        "guidelines/examples/<int:example_id>/remove/",
        guideline_views.example_remove,
        name="example-remove",
    ),
    path("guidelines/<int:guideline_id>/ask/", question_views.ask, name="guideline-ask"),
    path(
        "guidelines/category/<int:category_id>/",
        guideline_views.category_guideline,
        name="category-guideline",
    ),
    path(
        "guidelines/questions/<int:question_id>/answer/",
        question_views.answer,
        name="question-answer",
    ),
    path(
        "guidelines/questions/<int:question_id>/read/",
        question_views.answer_read,
        name="question-read",
    ),
    path("imports/export/annotations.csv", export_views.answers, name="export_annotations"),
    path("imports/export/judgements.csv", export_views.judgements, name="export_judgements"),
    path("api/v1/rounds", api.Rounds.as_view(), name="api-rounds"),
    path("api/v1/rounds/<int:round_id>/claim", api.Claim.as_view(), name="api-claim"),
    path("api/v1/rounds/<int:round_id>/renew", api.Renew.as_view(), name="api-renew"),
    path("api/v1/rounds/<int:round_id>/release", api.Release.as_view(), name="api-release"),
    path("api/v1/rounds/<int:round_id>/undo", api.Undo.as_view(), name="api-undo"),
    path(
        "api/v1/assignments/<int:assignment_id>/annotation",
        api.Answer.as_view(),
        name="api-answer",
    ),
    path("api/v1/assignments/<int:assignment_id>/skip", api.Skip.as_view(), name="api-skip"),
    path("api/v1/assignments/<int:assignment_id>/flag", api.RaiseFlag.as_view(), name="api-flag"),
    path(
        "api/v1/categories/<int:category_id>/guideline",
        guideline_api.CategoryGuideline.as_view(),
        name="api-category-guideline",
    ),
]
