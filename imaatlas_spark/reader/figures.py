"""A frame that says where its figures come from."""

import html
from collections.abc import Sequence

import polars as pl


class Figures(pl.DataFrame):
    """A polars frame with a citation and notes, shown below the table, in a notebook too.

    Frames that are made from it are plain ones; a synthetic warehouse's have a column that goes along.
    """

    citation: str = ""
    notes: tuple[str, ...] = ()

    @staticmethod
    def of(frame: pl.DataFrame, citation: str, notes: Sequence[str] = ()) -> "Figures":
        figures = Figures(frame)
        figures.citation, figures.notes = citation, tuple(notes)
        return figures

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        with pl.Config(tbl_cols=-1, tbl_width_chars=200):
            return "\n".join((super().__str__(), *self._below))

    def _repr_html_(self, *, _from_series: bool = False) -> str:
        below = "".join(f"<p><small>{html.escape(line)}</small></p>" for line in self._below)
        with pl.Config(tbl_cols=-1):
            return super()._repr_html_(_from_series=_from_series) + below

    @property
    def _below(self) -> tuple[str, ...]:
        return tuple(filter(None, (*self.notes, self.citation)))
