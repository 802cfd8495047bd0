"""Addresses of the drafting room."""

from django.urls import path, register_converter

from yaojian.oversight.drafting.web import costs, editing, rows, views


class RowId:
    """The number of a row, such as 005-12."""

    regex = "[0-9]{3}-[A-Z]?[0-9]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(RowId, "row_id")

app_name = "drafting"
urlpatterns = [
    path("", views.drafts, name="list"),
    path("copy/", editing.copy, name="copy"),
    path("<int:draft_id>/", views.draft, name="draft"),
    path("<int:draft_id>/header/", editing.header, name="header"),
    path("<int:draft_id>/rows/new/", rows.row, name="new_row"),
    path("<int:draft_id>/rows/<row_id:row_id>/", rows.row, name="row"),
    path("<int:draft_id>/rows/<row_id:row_id>/text/", rows.text, name="row_text"),
    path("<int:draft_id>/rows/<row_id:row_id>/divide/", rows.divide, name="divide"),
    path("<int:draft_id>/rows/<row_id:row_id>/remove/", rows.remove, name="remove"),
    path("<int:draft_id>/rows/<row_id:row_id>/parts/<slug:letter>/", rows.part, name="part"),
    path(
        "<int:draft_id>/rows/<row_id:row_id>/parts/<slug:letter>/remove/",
        rows.remove_part,
        name="remove_part",
    ),
    path("<int:draft_id>/cost/", costs.cost, name="cost"),
    path("<int:draft_id>/cost/reckon/", costs.reckon, name="reckon"),
    path("<int:draft_id>/pack/download", views.download, name="download"),
    path("<int:draft_id>/step/<slug:verb>/", views.step, name="step"),
]
