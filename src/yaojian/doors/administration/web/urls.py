"""Addresses of the administration, and of one's own account."""

from django.urls import include, path

from yaojian.doors.administration.web import account, second_factor, sign_in, tokens

app_name = "administration"
urlpatterns = [
    path("account/", account.own_account, name="own_account"),
    path("account/posting/", sign_in.choose_posting, name="choose_posting"),
    path("account/password/", account.own_password, name="own_password"),
    path("account/sessions/<int:session_id>/end/", account.end_own_session, name="end_own_session"),
    path("account/sessions/end-others/", account.end_other_sessions, name="end_other_sessions"),
    path("account/second-factor/", second_factor.second_factor, name="second_factor"),
    path("account/second-factor/codes/", second_factor.renew_codes, name="renew_codes"),
    path("account/second-factor/remove/", second_factor.remove, name="remove_second_factor"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<int:token_id>/revoke/", tokens.revoke, name="revoke_token"),
    path("administration/rules/", include("yaojian.doors.administration.web.rules_urls")),
]
