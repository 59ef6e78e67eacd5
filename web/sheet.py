"""Tables as CSV files that a spreadsheet opens without running anything in them."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import Response

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes a text that begins with it for a formula by, or hides one behind."""


def cell(value: object) -> object:
    """A value as its cell has it: texts that look like formulas say that they are texts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, int | float):
        return f"{value:.10g}"
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def download(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A file of that name; its mark at the front has spreadsheets read it as Unicode."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(head)
    writer.writerows([cell(each) for each in row] for row in rows)
    plain = "".join(each if each.isalnum() or each in "-._" else "-" for each in name)
    safe = plain.encode("ascii", "replace").decode().replace("?", "-")
    found = Response(f"\ufeff{sheet.getvalue()}", content_type="text/csv; charset=utf-8")
    found.headers["Content-Disposition"] = f'attachment; filename="{safe}.csv"'
    return found
