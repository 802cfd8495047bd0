"""Milestones, tasks, evaluations of plans, and adjustments of their targets."""
