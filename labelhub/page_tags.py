"""
The template tags of whole pieces of a page: forms, jobs, charts, tables. Built in.

The markup that they share with whole templates lies in templates/components/.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe

from labelhub.accounts.models import User
from labelhub.accounts.roles import Action
from labelhub.jobs.models import Job
from labelhub.progress import Progress
from labelhub.static_files import imported_by
from labelhub.ui_tags import icon

register = template.Library()

PAGING = {"page", "sort", "format"}  # what an address says about the view, not about the rows


@register.simple_tag
def form_field(field: Any) -> SafeString:
    """Show one form field with its label, help and errors tied together."""
    return render_to_string("components/form_field.html", {"field": field})


@register.inclusion_tag("components/form_fields.html")
def form_fields(form: Any) -> dict[str, Any]:
    """Show what is wrong with the form as a whole, then every field."""
    return {"form": form}


@register.inclusion_tag("components/job.html", takes_context=True)
def job_progress(context: Context, job: Job, reload: bool = False) -> dict[str, Any]:
    """Show how far a job is; it asks for itself again until the job has ended."""
    user: User | AnonymousUser | None = context.get("user")
    return {
        "job": job,
        "progress": Progress.of(job, now=timezone.now()),
        "reload": reload,
        "may_steer": isinstance(user, User)
        and (user.pk == job.asked_by_id or user.may(Action.CURATE)),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag
def preload_modules(name: str) -> SafeString:
    """Let the browser fetch all that a module of ours imports at once."""
    links = ((static(each),) for each in imported_by(name))
    return format_html_join("\n  ", '<link rel="modulepreload" href="{}">', links)


@register.simple_tag
def chart(figure: Any, name: str, label: str, tall: bool = False) -> SafeString:
    """Place a Plotly figure; static/charts.js draws it."""
    data = figure.to_plotly_json() if hasattr(figure, "to_plotly_json") else figure
    return format_html(
        '<figure class="chart{}" data-chart="{}-data"><figcaption>{}</figcaption>'
        '<div class="chart-area" id="{}" role="img" aria-label="{}"></div></figure>{}',
        " tall" if tall else "",
        name,
        label,
        name,
        label,
        json_script(data, f"{name}-data"),
    )


# Tables


def _address(context: Context, **changed: str | None) -> str:
    query = context["request"].GET.copy()
    for key, value in {"page": None, "format": None, **changed}.items():
        query.pop(key, None)
        if value is not None:
            query[key] = value
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_header(context: Context, key: str, label: str, num: bool = False) -> SafeString:
    """Return a table head that sorts by its column; the first click on a number starts high."""
    order = context["ordering"]
    is_current = order.key == key
    goes_down = not order.is_descending if is_current else num
    direction = "descending" if order.is_descending else "ascending"
    arrow = icon("chevron-down" if order.is_descending else "chevron-up")
    return format_html(
        '<th scope="col"{}{}><a href="{}">{}{}</a></th>',
        mark_safe(' class="num"') if num else "",
        format_html(' aria-sort="{}"', direction) if is_current else "",
        _address(context, sort=f"-{key}" if goes_down else key),
        label,
        arrow if is_current else "",
    )


@register.inclusion_tag("components/page_links.html", takes_context=True)
def page_links(context: Context, page: Page[Any]) -> dict[str, Any]:
    """Link the other pages of a table, and say how many rows there are."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    links = [(n, _address(context, page=str(n)) if isinstance(n, int) else "") for n in numbers]
    return {"page": page, "links": links}


@register.inclusion_tag("components/export_links.html", takes_context=True)
def export_links(context: Context) -> dict[str, str]:
    """Link the same rows as CSV and XLSX."""
    return {form: _address(context, format=form) for form in ("csv", "xlsx")}


@register.inclusion_tag("components/clear_filters.html", takes_context=True)
def clear_filters(context: Context) -> dict[str, Any]:
    """Offer to show everything again when something is filtered."""
    request = context["request"]
    kept = {key: value for key, value in request.GET.items() if value and key not in PAGING}
    return {"is_filtered": bool(kept), "address": request.path}
