"""Whole provinces over five years, streamed, with a truth file counted on the way."""
