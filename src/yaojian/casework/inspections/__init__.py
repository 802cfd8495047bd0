"""Inspections (监督检查): from the team that sets out to the rectification that is verified."""
