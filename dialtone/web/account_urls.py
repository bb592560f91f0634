"""Below /account/, before allauth's own addresses: pages that stand in for its pages, and those that we do not have."""

from __future__ import annotations

from django.urls import path

from dialtone.web.pages import account, company, sign_up

urlpatterns = [
    path("password/reset/", account.ask_for_password, name="account_reset_password"),
    path("signup/", sign_up.begin, name="account_signup"),
    path("signup/code/", sign_up.code, name="sign-up-code"),
    path("sessions/", account.sessions, name="usersessions_list"),
    path("sessions/end/", account.end_sessions, name="sessions-end"),
    path("company/<uuid:identity_provider_id>/", company.start, name="company-start"),
    path("company/<uuid:identity_provider_id>/back/", company.back, name="company-back"),
    path("company/connect/", company.connect, name="company-connect"),
    path("company/disconnect/", company.disconnect, name="company-disconnect"),
    # A person has one address, which an administrator changes; codes by mail and a first password without a link are
    # other ways in, and recovery codes are shown once.
    path("email/", account.closed, name="account_email"),
    path("confirm-email/", account.closed, name="account_email_verification_sent"),
    path("confirm-email/<str:key>/", account.closed, name="account_confirm_email"),
    path("login/code/confirm/", account.closed, name="account_confirm_login_code"),
    path("password/set/", account.closed, name="account_set_password"),
    path("password/reset/key/done/", account.closed, name="account_reset_password_from_key_done"),
    path("2fa/recovery-codes/download/", account.closed, name="mfa_download_recovery_codes"),
]
