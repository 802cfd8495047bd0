"""Risk grades with their reasons: a scheme as data, proposals from acts, decisions by people."""
