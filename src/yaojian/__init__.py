"""Yaojian (药鉴): a platform that turns a drug-safety plan into a running regulator."""

__version__ = "0.1.0"
