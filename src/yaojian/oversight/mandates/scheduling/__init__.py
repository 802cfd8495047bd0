"""The year schedule: what it asks for, how it is solved, how it runs."""
