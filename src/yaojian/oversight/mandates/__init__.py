"""Mandates: who must be looked at how often, by plan and by law; duties, draws, schedules."""
