"""Set-up, supervision, the embedded database, diagnosis, backup: everything that starts processes."""
