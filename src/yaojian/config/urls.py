"""Every address of the platform."""

from django.urls import include, path

from yaojian.config import api, api_pages, views
from yaojian.doors.administration.web import sign_in

urlpatterns = [
    path("health", views.health, name="health"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in.sign_in_code, name="sign_in_code"),
    path("sign-in/outside/", sign_in.outside_begin, name="outside_begin"),
    path("sign-in/outside/return/", sign_in.outside_return, name="outside_return"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("language/", sign_in.set_language, name="set_language"),
    path("imports/", include("yaojian.registers.intake.web.urls")),
    path("clocks/", include("yaojian.foundation.deadlines.web.urls")),
    path("inspections/", include("yaojian.casework.inspections.web.urls")),
    path("documents/", include("yaojian.foundation.documents.web.urls")),
    path("jurisdiction/", include("yaojian.registers.jurisdiction.web.urls")),
    path("people/", include("yaojian.registers.people.web.urls")),
    path("subjects/", include("yaojian.registers.enterprises.web.urls")),
    path("statistics/", include("yaojian.oversight.statistics.web.urls")),
    path("plans/mandates/", include("yaojian.oversight.mandates.web.urls")),
    path("evaluations/", include("yaojian.oversight.evaluations.web.urls")),
    path("plans/drafts/", include("yaojian.oversight.drafting.web.urls")),
    path("plans/", include("yaojian.oversight.plans.web.urls")),
    path("public/", include("yaojian.doors.portal.urls")),
    path("log/", include("yaojian.doors.portal.log_urls")),
    path("developers/api/", api_pages.api_page, name="api_page"),
    path("api/v1/openapi.json", api_pages.openapi, name="openapi"),
    path("api/v1/", api.api.urls),
    path("", include("yaojian.doors.administration.web.urls")),
    path("", include("yaojian.doors.backoffice.web.urls")),
]

handler400 = "yaojian.config.views.bad_request"
handler403 = "yaojian.config.views.forbidden"
handler404 = "yaojian.config.views.not_found"
handler500 = "yaojian.config.views.server_error"
