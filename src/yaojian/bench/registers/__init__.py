"""The bench `registers`: lists, files, search, scope and import at the size of a province."""
