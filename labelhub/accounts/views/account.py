"""Getting in, getting out, and one's own password."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth import login as start_session
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from labelhub.accounts.forms import LoginForm, NewAccountForm, WelcomeForm
from labelhub.accounts.models import User
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import invitations, notice
from labelhub.errors import DomainError

PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"  # noqa: S105  # a class, not a secret


class OwnPassword(PasswordChangeView):
    """Change one's own password and stay logged in."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("accounts:password")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, _("Your password is changed."))
        return super().form_valid(form)


class Login(LoginView):
    """The way in; whoever labels reads first what is recorded."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_success_url(self) -> str:
        wanted = super().get_success_url()
        user = self.request.user
        if not (isinstance(user, User) and notice.is_due(user)):
            return wanted
        query = "" if wanted == "/" else f"?{urlencode({REDIRECT_FIELD_NAME: wanted})}"
        return f"{reverse('accounts:notice')}{query}"


login = Login.as_view()
logout = LogoutView.as_view()
password = allowed(Action.ENTER)(OwnPassword.as_view())


@never_cache
@sensitive_post_parameters()
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Let the holder of a one-time link choose a password, and log them in."""
    try:
        invitation = invitations.find(token=token, now=timezone.now())
    except invitations.InvitationSpent as refusal:
        return render(request, "accounts/spent.html", {"reason": str(refusal)}, status=410)
    form_class = WelcomeForm if invitation.user else NewAccountForm
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = invitations.accept(
                token=token,
                username=form.cleaned_data.get("username", ""),
                display_name=form.cleaned_data.get("display_name", ""),
                password=form.cleaned_data["password"],
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            start_session(request, person, backend=PASSWORD_BACKEND)
            return redirect("accounts:notice" if notice.is_due(person) else "/")
    return render(request, "accounts/welcome.html", {"form": form, "invitation": invitation})


@require_http_methods(["GET", "POST"])
@allowed(Action.ENTER)
def notice_page(request: AuthenticatedRequest) -> HttpResponse:
    """Say what is recorded about people who label; they confirm that they have read it."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME, request.GET.get(REDIRECT_FIELD_NAME, ""))
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        wanted = "/"
    if request.method == "POST":
        notice.mark_read(person=request.user, now=timezone.now())
        return redirect(wanted)
    context = {
        "next": wanted,
        "edition": notice.EDITION,
        "is_due": notice.is_due(request.user),
        "days": {
            "logins": settings.KEEP_LOGINS.days,
            "checks": settings.KEEP_CHECKS.days,
            "names": settings.KEEP_NAMES.days,
        },
    }
    return render(request, "accounts/notice.html", context)
