"""The routes, in one list."""

from __future__ import annotations

from django.urls import path

from yici.web.pages import accounts, figures, home, imports, pool, queues, rosters, signin

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
    path("figures", figures.ask, name="figures"),
    path("figures/picture/<int:number>", figures.picture, name="figure-picture"),
    path("pool", pool.search, name="search"),
    path("elements", rosters.elements, name="elements"),
    path("elements/codes/<str:identity>", rosters.codes, name="code-list"),
    path("rosters", rosters.index, name="rosters"),
    path("rosters/<int:number>/forget", rosters.forget, name="roster-forget"),
    path("imports", imports.index, name="imports"),
    path("imports/<str:code>", imports.preview, name="import-preview"),
    path("imports/<str:code>/heading", imports.heading, name="import-heading"),
    path("imports/<str:code>/marked", imports.marked, name="import-marked"),
    path("imports/<str:code>/run", imports.run, name="import-run"),
    path("imports/<str:batch>/withdraw", imports.withdraw, name="import-withdraw"),
    path("conflicts", queues.conflicts, name="conflicts"),
    path("refused", queues.refused, name="refused"),
    path("judgements", queues.judgements, name="judgements"),
    path("judgements/judge", queues.judge, name="judge"),
    path("judgements/<int:number>/back", queues.take_back, name="judgement-back"),
    path("disputes", queues.disputes, name="disputes"),
    path("disputes/<int:number>/answer", queues.answer, name="dispute-answer"),
    path("disputes/<int:number>/back", queues.dispute_back, name="dispute-back"),
    path("pool/<str:code>/<str:element>/doubt", queues.doubt, name="dispute-raise"),
    path("pool/<str:code>", pool.subject, name="subject"),
    path("pool/<str:code>/<str:element>", pool.value, name="subject-value"),
    path("pool/<str:code>/<str:element>/line", pool.line, name="subject-line"),
    path("pool/<str:code>/<str:element>/edit", pool.edit, name="subject-edit"),
    path("pool/<str:code>/<str:element>/undo", pool.undo, name="subject-undo"),
    path("pool/<str:code>/<str:element>/choose", pool.choose, name="subject-choose"),
    path("pool/<str:code>/<str:element>/reveal", pool.reveal, name="subject-reveal"),
]
handler403 = "yici.web.errors.csrf_failure"
handler404 = "yici.web.errors.not_found"
handler500 = "yici.web.errors.server_error"
