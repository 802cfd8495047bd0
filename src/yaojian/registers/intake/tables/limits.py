"""How large a table may be. What is larger is refused before it is parsed."""

from __future__ import annotations

MAX_FILE_BYTES = 60 * 1024 * 1024
"""Fits into one request of 64 MiB; a register of 140,000 rows takes 7 to 20 MiB."""

MAX_ENTRIES = 2_000
MAX_EXPANDED_BYTES = 700 * 1024 * 1024
RATIO_LOOKED_AT_FROM = 32 * 1024 * 1024
MAX_RATIO = 400
"""Deflate packs at most 1032:1; sheets of real registers reach 10:1 to 60:1, 2 million empty rows 200:1."""

MAX_ROWS = 500_000
MAX_COLUMNS = 200
MAX_CELLS = 8_000_000
"""Cells of the rectangle around everything that is filled in: the parser keeps one slot for each."""

MAX_CELL_CHARACTERS = 32_767
"""What a cell of a workbook can hold; more in a text file means that a quotation mark was never closed."""
