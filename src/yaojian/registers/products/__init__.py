"""Drugs, devices and cosmetics, and the file of each (品种档案)."""
