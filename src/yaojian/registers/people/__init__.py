"""Inspectors, licensed pharmacists and where they work, experts."""
