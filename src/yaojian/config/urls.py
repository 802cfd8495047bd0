"""Every address of the platform."""

from django.urls import include, path

from yaojian.config import api, views
from yaojian.doors.backoffice.web import session

urlpatterns = [
    path("health", views.health, name="health"),
    path("sign-in/", session.sign_in, name="sign_in"),
    path("sign-out/", session.sign_out, name="sign_out"),
    path("language/", session.set_language, name="set_language"),
    path("inspections/", include("yaojian.casework.inspections.web.urls")),
    path("plans/", include("yaojian.oversight.plans.web.urls")),
    path("public/", include("yaojian.doors.portal.urls")),
    path("api/v1/", api.api.urls),
    path("", include("yaojian.doors.backoffice.web.urls")),
]

handler400 = "yaojian.config.views.bad_request"
handler403 = "yaojian.config.views.forbidden"
handler404 = "yaojian.config.views.not_found"
handler500 = "yaojian.config.views.server_error"
