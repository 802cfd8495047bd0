"""Lists taken out of the platform as workbooks and delimited text."""
