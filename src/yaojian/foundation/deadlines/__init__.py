"""Statutory clocks that run for a file: started, paused, extended, explained."""
