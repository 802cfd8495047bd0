"""Tables out of workbooks and delimited text: rows of text with the numbers they carry in the file.

Nothing here knows a register or the database. Every guard stands before the parser that it protects.
"""
