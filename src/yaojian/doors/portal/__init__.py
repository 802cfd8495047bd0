"""The public's door: look-up of a subject."""
