"""Getting in and out, one's own password, and the administrators' pages."""

from django.urls import path

from labelhub.accounts import views

app_name = "accounts"
urlpatterns = [
    path("accounts/login/", views.login, name="login"),
    path("accounts/logout/", views.logout, name="logout"),
    path("accounts/welcome/<str:token>/", views.welcome, name="welcome"),
    path("accounts/password/", views.password, name="password"),
    path("accounts/notice/", views.notice_page, name="notice"),
    path("people/", views.people, name="people"),
    path("people/new/", views.new_person, name="new_person"),
    path("people/<int:person_id>/", views.person, name="person"),
    path("people/<int:person_id>/deactivate/", views.deactivate, name="deactivate"),
    path("people/<int:person_id>/activate/", views.activate, name="activate"),
    path("people/<int:person_id>/link/", views.link, name="link"),
    path("people/<int:person_id>/token/", views.token, name="token"),
    path("people/<int:person_id>/token/revoke/", views.revoke_token, name="revoke_token"),
    path("audit/", views.audit_trail, name="audit"),
]
