"""Judging the whole field: plans, risk, credit, emergency, quality."""
