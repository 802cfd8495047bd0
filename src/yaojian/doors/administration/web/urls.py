"""Addresses of the administration, and of one's own account."""

from django.urls import include, path

from yaojian.doors.administration.web import (
    account,
    deputy,
    organ_changes,
    organs,
    people_changes,
    people_list,
    people_person,
    reviews,
    second_factor,
    sign_in,
    tokens,
)

app_name = "administration"
OWN = [
    path("account/", account.own_account, name="own_account"),
    path("account/posting/", sign_in.choose_posting, name="choose_posting"),
    path("account/password/", account.own_password, name="own_password"),
    path("account/sessions/<int:session_id>/end/", account.end_own_session, name="end_own_session"),
    path("account/sessions/end-others/", account.end_other_sessions, name="end_other_sessions"),
    path("account/second-factor/", second_factor.second_factor, name="second_factor"),
    path("account/second-factor/codes/", second_factor.renew_codes, name="renew_codes"),
    path("account/second-factor/remove/", second_factor.remove, name="remove_second_factor"),
    path("account/deputy/", deputy.deputy, name="deputy"),
    path("account/deputy/<int:delegation_id>/dismiss/", deputy.dismiss, name="dismiss_deputy"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<int:token_id>/revoke/", tokens.revoke, name="revoke_token"),
    path("administration/rules/", include("yaojian.doors.administration.web.rules_urls")),
]
_ONE = "administration/people/<int:user_id>/"
PEOPLE = [
    path("administration/people/", people_list.people, name="people"),
    path("administration/people/new/", people_changes.new_person, name="new_person"),
    path(_ONE, people_person.person, name="person"),
    path(f"{_ONE}postings/new/", people_changes.new_posting, name="new_posting"),
    path(f"{_ONE}postings/<int:posting_id>/move/", people_changes.move, name="move_person"),
    path(f"{_ONE}postings/<int:posting_id>/end/", people_changes.end, name="end_posting"),
    path(f"{_ONE}leave/", people_changes.leaves, name="person_leaves"),
    path(f"{_ONE}hand-over/", people_changes.hands_over, name="person_hands_over"),
    path(f"{_ONE}back/", people_changes.comes_back, name="person_comes_back"),
    path(f"{_ONE}password/", people_person.start_password, name="start_password"),
    path(f"{_ONE}second-factor/reset/", people_person.reset_factor, name="reset_factor"),
    path(f"{_ONE}sessions/end/", people_person.end_sessions, name="end_sessions"),
    path(f"{_ONE}link/", people_person.link, name="link_person"),
    path(f"{_ONE}tokens/<int:token_id>/revoke/", people_person.revoke_token, name="revoke_token_of"),
]
REVIEWS = [
    path("administration/reviews/", reviews.reviews, name="reviews"),
    path("administration/reviews/<int:review_id>/", reviews.review, name="review"),
    path("administration/reviews/<int:review_id>/decide/", reviews.decide_posting, name="decide_posting"),
    path("administration/reviews/<int:review_id>/conclude/", reviews.conclude_review, name="conclude_review"),
]
_ORGAN = "administration/organs/<int:organ_id>/"
ORGANS = [
    path("administration/organs/", organs.organs, name="organs"),
    path(_ORGAN, organs.organ, name="organ"),
    path(f"{_ORGAN}new/", organ_changes.organ_new, name="organ_new"),
    path(f"{_ORGAN}change/", organ_changes.organ_change, name="organ_change"),
    path(f"{_ORGAN}move/", organ_changes.organ_move, name="organ_move"),
    path(f"{_ORGAN}close/", organ_changes.organ_close, name="organ_close"),
    path(
        f"{_ORGAN}agreements/new/",
        organ_changes.agreement_new,
        name="agreement_new",
    ),
    path(
        "administration/agreements/<int:agreement_id>/end/", organ_changes.agreement_end, name="end_agreement"
    ),
]
urlpatterns = [*OWN, *PEOPLE, *REVIEWS, *ORGANS]
