"""
Label Studio's JSON in and out: tasks with annotations and predictions.

One task is one sample. `json_list` reads tasks one at a time, `tasks` says what a task means to
us, `importing` writes it, `exporting` turns a round into tasks.
"""
