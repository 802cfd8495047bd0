"""Statements: data that no register gives, entered and confirmed by two people."""
