"""The pages that join people and models, and their part of the API."""

from django.urls import URLPattern, path

from analysis import (
    api,
    category_views,
    comparison_views,
    groups_views,
    home_views,
    report_views,
    review_views,
    rules_views,
    runs_views,
    ties_views,
    weak_views,
)

app_name = "analysis"
urlpatterns: list[URLPattern] = [
    path("", home_views.home, name="home"),
    path("analysis/", comparison_views.comparison, name="comparison"),
    path("analysis/categories/<path:name>/", category_views.category, name="category"),
    path("review/", review_views.review_page, name="review"),
    path("review/judge/", review_views.judge, name="review-judge"),
    path("review/undo/", review_views.undo, name="review-undo"),
    path("review/ties/", ties_views.open_ties, name="ties"),
    path("review/ties/<int:sample_id>/", ties_views.tie, name="tie"),
    path("review/ties/<int:sample_id>/judge/", ties_views.judge_tie, name="tie-judge"),
    path("report/", report_views.report_list, name="report"),
    path("report/new/", report_views.new_report, name="report-new"),
    path("report/<int:report_id>/", report_views.report, name="report-detail"),
    path("rules/", rules_views.rules, name="rules"),
    path("rules/new/", rules_views.new_rule, name="rule-new"),
    path("rules/count/", rules_views.count_rows, name="rule-count"),
    path("rules/<int:rule_id>/", rules_views.rule, name="rule"),
    path("rules/<int:rule_id>/remove/", rules_views.remove_rule, name="rule-remove"),
    path("rules/versions/<int:number>/", rules_views.list_version, name="list-version"),
    path("rules/groups/", groups_views.all_groups, name="groups"),
    path("rules/groups/new/", groups_views.new_group, name="group-new"),
    path("rules/groups/choices/", groups_views.choices, name="group-choices"),
    path("rules/groups/<int:group_id>/", groups_views.group, name="group"),
    path("rules/groups/<int:group_id>/remove/", groups_views.remove_group, name="group-remove"),
    path("runs/", runs_views.runs, name="runs"),
    path("runs/new/", runs_views.new_run, name="run-new"),
    path("runs/roll-back/", runs_views.roll_back, name="roll-back"),
    path("runs/<int:run_id>/", runs_views.run, name="run"),
    path("runs/<int:run_id>/predict/", runs_views.predict, name="run-predict"),
    path("runs/<int:run_id>/promote/", runs_views.promote, name="run-promote"),
    path("rounds/<int:round_id>/weak/", weak_views.weak_samples, name="weak"),
    path("rounds/<int:round_id>/weak/ask/", weak_views.ask_again, name="weak-ask"),
    path("api/v1/comparison", api.ComparisonView.as_view(), name="api-comparison"),
]
