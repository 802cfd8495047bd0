"""The officers' door: workbench, registers, journal."""
