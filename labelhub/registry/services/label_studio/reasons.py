"""Why a task is refused; the table of refused rows stores the English sentence."""

from django.utils.translation import gettext_noop as _

NOT_A_TASK = _("This is no task: a task is an object in braces.")
TOO_DEEP = _("The task is nested too deeply.")
NO_DATA = _("The task has no data, and is no row of the short JSON format either.")
NO_ID = _("The task has no id, and its data neither a product_id nor an id.")
NO_NAME = _("The data has no product_name, name, title or text; say which field is the name.")
NOT_A_LIST = _("What should be a list of annotations, predictions or results is none.")
SEVERAL_CHOICES = _("An annotation chooses several categories; only one can be taken.")
SEVERAL_QUESTIONS = _("Several questions are answered; say which one holds the category.")
NO_ANSWER_FIELD = _("Which field holds the answer cannot be told; name it.")
NOT_A_PATH = _("A level of a chosen category is empty, holds > or is no text.")
