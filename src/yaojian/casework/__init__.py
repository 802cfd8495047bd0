"""Files that officers open and close."""
