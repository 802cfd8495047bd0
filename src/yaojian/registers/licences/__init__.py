"""Licences and filings of subjects: number, scope, dates, history of states, expiry."""
