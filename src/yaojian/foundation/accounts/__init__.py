"""Organs, territories, people, roles, scope and sign-in."""
