"""Pages of documents, and the part that any file's page can show."""
