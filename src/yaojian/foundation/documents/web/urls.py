"""Addresses of documents."""

from django.urls import path

from yaojian.foundation.documents.web import views

app_name = "documents"

urlpatterns = [
    path("<str:kind>/<int:file_id>/add/", views.add, name="add"),
    path("<int:document_id>/", views.document, name="document"),
    path("<int:document_id>/content/", views.content, name="content"),
    path("<int:document_id>/pages/<int:number>/", views.page, name="page"),
]
