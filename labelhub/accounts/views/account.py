"""Getting in, getting out, and one's own password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login as start_session
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from labelhub.accounts.forms import LoginForm, NewAccountForm, WelcomeForm
from labelhub.accounts.permissions import allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import invitations
from labelhub.errors import DomainError

PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"  # noqa: S105  # a class, not a secret


class OwnPassword(PasswordChangeView):
    """Change one's own password and stay logged in."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("accounts:password")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, _("Your password is changed."))
        return super().form_valid(form)


login = LoginView.as_view(
    template_name="accounts/login.html",
    authentication_form=LoginForm,
    redirect_authenticated_user=True,
)
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
            return redirect("/")
    return render(request, "accounts/welcome.html", {"form": form, "invitation": invitation})
