"""The door of the exports room."""

from yaojian.foundation.exports.answers import export_of, exporting, file_answer
from yaojian.foundation.exports.contracts import Column, ExportFormat, Listing
from yaojian.foundation.exports.workbook import Sheet, workbook_pieces

__all__ = [
    "Column",
    "ExportFormat",
    "Listing",
    "Sheet",
    "export_of",
    "exporting",
    "file_answer",
    "workbook_pieces",
]
