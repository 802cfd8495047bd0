"""The door of the staffing room."""

from yaojian.foundation.staffing.accounts import (
    end_sessions_of,
    give_start_password,
    link_person,
    reset_second_factor,
    revoke_token_of,
)
from yaojian.foundation.staffing.burdens import burdens_of, register_burden
from yaojian.foundation.staffing.contracts import Burden, BurdenKind, Decision
from yaojian.foundation.staffing.deputies import (
    dismiss_deputy,
    own_delegations,
    possible_deputies,
    set_deputy,
)
from yaojian.foundation.staffing.leaving import hand_over_leftovers, hand_over_work, leave, take_back
from yaojian.foundation.staffing.models import Departure, RightsReview
from yaojian.foundation.staffing.permissions import user_can_manage
from yaojian.foundation.staffing.postings import (
    NewPosting,
    add_person,
    end_posting,
    give_posting,
    move_person,
)
from yaojian.foundation.staffing.queries import (
    PeopleFilter,
    colleagues_for,
    matching_people,
    people_visible_to,
    person_visible_to,
    posting_visible_to,
    postings_visible_to,
)
from yaojian.foundation.staffing.reviews import (
    REVIEW_FILE,
    conclude,
    decide,
    open_due_reviews,
    postings_under,
    review_visible_to,
    reviewed,
    reviews_visible_to,
)
from yaojian.foundation.staffing.rules import ROLES_OF_LEVEL, roles_open_to
from yaojian.foundation.staffing.stranded import tell_of_stranded_files

__all__ = [
    "REVIEW_FILE",
    "ROLES_OF_LEVEL",
    "Burden",
    "BurdenKind",
    "Decision",
    "Departure",
    "NewPosting",
    "PeopleFilter",
    "RightsReview",
    "add_person",
    "burdens_of",
    "colleagues_for",
    "conclude",
    "decide",
    "dismiss_deputy",
    "end_posting",
    "end_sessions_of",
    "give_posting",
    "give_start_password",
    "hand_over_leftovers",
    "hand_over_work",
    "leave",
    "link_person",
    "matching_people",
    "move_person",
    "open_due_reviews",
    "own_delegations",
    "people_visible_to",
    "person_visible_to",
    "possible_deputies",
    "posting_visible_to",
    "postings_under",
    "postings_visible_to",
    "register_burden",
    "reset_second_factor",
    "review_visible_to",
    "reviewed",
    "reviews_visible_to",
    "revoke_token_of",
    "roles_open_to",
    "set_deputy",
    "take_back",
    "tell_of_stranded_files",
    "user_can_manage",
]
