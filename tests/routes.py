"""Who may ask for which address: the table that the views are held against."""

from __future__ import annotations

from labelhub.accounts.roles import Action

PUBLIC = {
    "accounts:login",
    "accounts:logout",
    "accounts:welcome",
    "jobs:healthz",
    "jobs:readyz",
    "set_language",
}

BY_ACTION = {
    Action.ENTER: """
        analysis:home accounts:password catalog:api-categories catalog:image
        catalog:whole-image docs schema
        accounts:notice jobs:list jobs:progress jobs:cancel jobs:retry
        labelling:guidelines labelling:guideline labelling:guideline-versions
        labelling:category-guideline labelling:api-category-guideline
    """,
    Action.LABEL: """
        labelling:label labelling:history labelling:label-round labelling:api-rounds
        labelling:api-claim labelling:api-renew labelling:api-release labelling:api-flag
        labelling:api-undo labelling:api-answer labelling:api-skip labelling:api-unskip
        labelling:label-answer labelling:label-skip labelling:label-undo
        labelling:guideline-ask labelling:round-ask labelling:question-read
        labelling:history-changed labelling:history-pace
        labelling:own-history-export
        labelling:checks-own labelling:check-contest
        labelling:label-person labelling:label-logged-in labelling:label-pace
    """,
    Action.RUN_ROUNDS: """
        labelling:guideline-new labelling:guideline-edit labelling:guideline-preview
        labelling:guideline-restore labelling:example-add labelling:example-remove
        labelling:questions labelling:question-answer
        catalog:imports catalog:import_new catalog:import_batch
        catalog:samples catalog:sample catalog:categories catalog:mark_catch_all
        catalog:synonyms catalog:synonym_add catalog:synonyms_start catalog:synonym_remove
        catalog:synonym_decide
        labelling:rounds labelling:round-new labelling:round labelling:round-change
        labelling:round-preview labelling:round-edit labelling:round-extend
        labelling:round-overlap labelling:round-withdraw labelling:round-agreement labelling:remarks
        labelling:checks labelling:checks-draw labelling:checks-make
        labelling:remarks-handle analysis:weak analysis:weak-ask
        analysis:draw analysis:draw-preview
    """,
    Action.EXPORT_ROWS: """
        catalog:import_refused catalog:export_categories catalog:export_samples
        catalog:export_synonyms
        labelling:export_annotations labelling:export_judgements registry:export_predictions
        labelling:round-export registry:round-label-studio registry:export_label_studio
    """,
    Action.READ_ANALYSIS: """
        analysis:comparison analysis:category analysis:rules analysis:rule analysis:list-version
        analysis:groups analysis:runs analysis:run analysis:run-categories
        analysis:searches analysis:search analysis:ladders analysis:ladder
        analysis:review registry:corpora
        registry:corpus analysis:ties analysis:tie
    """,
    Action.REVIEW: """
        analysis:tie-judge analysis:review-judge analysis:review-undo labelling:check-decide
    """,
    Action.CURATE: """
        analysis:rule-new analysis:rule-count analysis:rule-remove analysis:group-new
        analysis:group-choices analysis:group analysis:group-remove analysis:run-new
        analysis:run-refurbished analysis:run-refurbished-decide
        analysis:api-refurbished analysis:api-refurbished-rows analysis:api-refurbished-decisions
        analysis:run-predict analysis:report-new registry:corpus-new
        analysis:search-new analysis:search-train analysis:ladder-new
    """,
    Action.PROMOTE: "analysis:run-promote",
    Action.OVERRIDE_GATE: "analysis:roll-back",
    Action.READ_REPORT: "analysis:report analysis:report-detail analysis:api-comparison",
    Action.ADMINISTER: """
        accounts:people accounts:new_person accounts:person accounts:deactivate
        accounts:activate accounts:link accounts:token accounts:revoke_token accounts:audit
    """,
}

ROUTES = {name: action for action, names in BY_ACTION.items() for name in names.split()}
