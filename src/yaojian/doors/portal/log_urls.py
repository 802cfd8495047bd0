"""Addresses of the public log: files by C2SP tlog-tiles, and the pages around them."""

from django.urls import path

from yaojian.doors.portal import public_log

app_name = "public_log"
urlpatterns = [
    path("", public_log.log_page, name="log"),
    path("checkpoint", public_log.checkpoint, name="checkpoint"),
    path("keys", public_log.keys, name="keys"),
    path("tile/<path:name>", public_log.tile, name="tile"),
    path("receipts/<int:index>/", public_log.receipt, name="receipt"),
    path("receipts/<int:index>/code.svg", public_log.receipt_code, name="receipt_code"),
    path("verify/", public_log.verify, name="verify"),
    path("verify/offline/", public_log.offline_verifier, name="offline"),
]
