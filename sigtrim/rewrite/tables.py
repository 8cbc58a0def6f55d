"""What may go from a table without moving what stays: rows and cells that no other row depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sigtrim.parse.tags import TABLE_SECTIONS
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from sigtrim.parse.elements import Element

__all__ = ["Tables"]

_NUMBER = lazy(r"\s*(\d{1,4})")
_FOR_EVER = 1_000_000_000


class _Row:
    """What matters of one row: its number, and what its cells span."""

    __slots__ = ("last_cell", "number", "reaches_down", "spanned", "wide")

    def __init__(self, row: Element, number: int) -> None:
        cells = [cell for cell in row.children if cell.name in ("td", "th")]
        self.number = number
        self.last_cell = cells[-1] if cells else None
        self.wide = len(cells) > 1
        self.spanned = any(_number(cell, "colspan") > 1 for cell in cells)
        # A rowspan of 0 reaches to the end of the table.
        self.reaches_down = max((_number(cell, "rowspan") or _FOR_EVER for cell in cells), default=1)


class _Grid:
    """The rows of one table.

    Attributes:
        rows: by the id of their elements.
        reach: for each row the number of the first row that no cell above it reaches into.
        wide: how many rows have more than one cell.
        spanned: how many rows have a cell that spans columns.

    """

    __slots__ = ("reach", "rows", "spanned", "wide")

    def __init__(self, table: Element) -> None:
        self.rows = {id(row): _Row(row, number) for number, row in enumerate(_rows(table))}
        self.reach: list[int] = []
        reach = 0
        for row in self.rows.values():
            self.reach.append(reach)
            reach = max(reach, row.number + row.reaches_down)
        self.wide = sum(row.wide for row in self.rows.values())
        self.spanned = sum(row.spanned for row in self.rows.values())


class Tables:
    """The tables of a document, each read once."""

    def __init__(self) -> None:
        self._grids: dict[int, _Grid] = {}

    def can_go(self, element: Element) -> bool:
        """Tell whether a cell, a row, a group of rows or anything else may go as far as its table is concerned."""
        if element.name in ("td", "th"):
            return self._cell_can_go(element)
        if element.name == "tr":
            return self._row_can_go(element)
        if element.name in TABLE_SECTIONS:
            return all(self._row_can_go(row) for row in element.children if row.name == "tr")
        return True

    def _grid(self, element: Element) -> _Grid | None:
        table = element.parent
        while table is not None and table.name != "table":
            table = table.parent
        if table is None:
            return None
        grid = self._grids.get(id(table))
        if grid is None:
            grid = self._grids[id(table)] = _Grid(table)
        return grid

    def _cell_can_go(self, cell: Element) -> bool:
        """Tell whether no other row of the table lines up with the columns of this one.

        A row under one that spans its columns is a picture in slices, or a grid: there a cell only goes where none
        follows.
        """
        grid = self._grid(cell)
        row = grid.rows.get(id(cell.parent)) if grid is not None else None
        if grid is None or row is None or grid.wide > row.wide:
            return False
        return grid.spanned <= row.spanned or row.last_cell is cell

    def _row_can_go(self, element: Element) -> bool:
        """Tell whether no cell of another row reaches through this one, and none of its own into the next."""
        grid = self._grid(element)
        row = grid.rows.get(id(element)) if grid is not None else None
        if grid is None or row is None:
            return False
        if row.number == len(grid.rows) - 1:
            return True
        return grid.reach[row.number] <= row.number and row.reaches_down == 1


def _rows(table: Element) -> list[Element]:
    rows: list[Element] = []
    for child in table.children:
        if child.name == "tr":
            rows.append(child)
        elif child.name in TABLE_SECTIONS:
            rows += [row for row in child.children if row.name == "tr"]
    return rows


def _number(element: Element, name: str) -> int:
    match = _NUMBER.match(element.get(name))
    return int(match[1]) if match else 1
