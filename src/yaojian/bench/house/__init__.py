"""Start, pages, journal and memory of a whole installation."""
