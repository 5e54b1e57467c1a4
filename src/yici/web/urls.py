"""The routes, in one list."""

from __future__ import annotations

from django.urls import path

from yici.web.pages import accounts, home, signin

urlpatterns = [
    path("", home.home, name="home"),
    path("signin", signin.signin, name="signin"),
    path("signin/demo", signin.demo, name="signin-demo"),
    path("signout", signin.signout, name="signout"),
    path("password", signin.password, name="password"),
    path("preferences", signin.preferences, name="preferences"),
    path("accounts", accounts.index, name="accounts"),
    path("accounts/add", accounts.add, name="account-add"),
    path("accounts/<str:login>/reset", accounts.reset, name="account-reset"),
    path("accounts/<str:login>/close", accounts.close, name="account-close"),
    path("audit", accounts.audit, name="audit"),
]
handler403 = "yici.web.errors.csrf_failure"
handler404 = "yici.web.errors.not_found"
handler500 = "yici.web.errors.server_error"
