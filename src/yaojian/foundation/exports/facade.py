"""The door of the exports room."""

from yaojian.foundation.exports.answers import export_of, exporting, workbook_answer
from yaojian.foundation.exports.contracts import Column, ExportFormat, Listing
from yaojian.foundation.exports.rows import in_chunks
from yaojian.foundation.exports.workbook import Sheet, workbook_file

__all__ = [
    "Column",
    "ExportFormat",
    "Listing",
    "Sheet",
    "export_of",
    "exporting",
    "in_chunks",
    "workbook_answer",
    "workbook_file",
]
