"""Divisions and the working-day calendar."""
