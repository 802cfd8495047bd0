"""Addresses of the officers' door."""

from django.urls import path

from yaojian.doors.backoffice.web import (
    developers,
    journal,
    licence_file,
    licences,
    notices,
    officers,
    product_file,
    products,
    subject_file,
    subjects,
    work_item,
    work_steps,
    workbench,
)

app_name = "backoffice"
urlpatterns = [
    path("", workbench.workbench, name="workbench"),
    path("worklist/assign/", work_steps.assign, name="assign"),
    path("worklist/hand-over/", work_steps.hand_over, name="hand_over"),
    path("worklist/views/", work_steps.keep_view, name="keep_view"),
    path("worklist/views/<int:view_id>/forget/", work_steps.forget_view, name="forget_view"),
    path("work/officers/", officers.officers, name="officers"),
    path("work/<int:item_id>/", work_item.work_item, name="work_item"),
    path("work/<int:item_id>/take/", work_steps.take, name="take"),
    path("work/<int:item_id>/remind/", work_steps.remind, name="remind"),
    path("work/<int:item_id>/give/", work_item.give, name="give"),
    path("work/<int:item_id>/return/", work_item.send_back, name="send_back"),
    path("subjects/", subjects.subjects, name="subjects"),
    path("subjects/<int:subject_id>/", subject_file.subject, name="subject"),
    path("licences/", licences.licences, name="licences"),
    path("licences/new/", licence_file.licence_new, name="licence_new"),
    path("licences/<int:licence_id>/", licence_file.licence, name="licence"),
    path("licences/<int:licence_id>/<slug:verb>/", licence_file.licence_step, name="licence_step"),
    path("products/", products.products, name="products"),
    path("products/new/", product_file.product_new, name="product_new"),
    path("products/<int:product_id>/", product_file.product, name="product"),
    path("products/<int:product_id>/change/", product_file.product_change, name="product_change"),
    path("products/<int:product_id>/<slug:verb>/", product_file.product_step, name="product_step"),
    path("journal/", journal.journal, name="journal"),
    path("acts/<uuid:uid>/", journal.act, name="act"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="notices_read"),
    path("notices/<int:notice_id>/open/", notices.open_notice, name="notice_open"),
    path("notices/channels/", notices.channels, name="notice_channels"),
    path("notices/messages/", notices.messages_given_up, name="notice_messages"),
    path("notices/messages/<int:dispatch_id>/again/", notices.send_message_again, name="notice_again"),
    path("developers/design/", developers.components, name="components"),
]
