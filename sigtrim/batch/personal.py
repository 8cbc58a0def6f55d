"""The rewriter for each document: what its folder's configuration says, and its person's row in the roster."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sigtrim.batch.roster import Match, Roster, Row
from sigtrim.config import CallToAction, Rules, find_config
from sigtrim.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sigtrim.rewriter import Rewriter

__all__ = ["Settings"]

_FOLDERS = 1024
_PERSONS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The rewriters of a run by configuration file, None standing for no file; `config` is used for all if given.

    With a roster each document's row fills in and varies the call to action; with `require_roster` a document
    without a row is an error.
    """

    rewriters: Mapping[Path | None, Rewriter]
    config: Path | None = None
    roster: Roster | None = None
    require_roster: bool = False
    _found: OrderedDict[Path, Path | None] = field(default_factory=OrderedDict, repr=False, compare=False)
    _made: OrderedDict[tuple[Any, ...], Rewriter] = field(default_factory=OrderedDict, repr=False, compare=False)

    def person(
        self, name: str, content: bytes | str, *, more: tuple[str, ...] = (), twins: tuple[str, ...] = ()
    ) -> Match:
        """Find the row of a document's person; neither a number nor a reason where there is no roster."""
        return Match() if self.roster is None else self.roster.find(name, content, more=more, twins=twins)

    def fields(self, number: int | None) -> Mapping[str, str] | None:
        """Return the values of a row."""
        return None if number is None or self.roster is None else self.roster.rows[number].fields

    def rewriter(self, folder: Path, number: int | None = None) -> Rewriter:
        """Return the rewriter for a document of a folder, with what the row of that number sets.

        Raises `ConfigError`, which names the row, if that cannot be.
        """
        path = self._config(folder)
        if path not in self.rewriters:
            raise ConfigError(f"{path}: is there since the run began; it takes effect with the next one")
        base = self.rewriters[path]
        if number is None or self.roster is None:
            return base
        row = self.roster.rows[number]
        if row.url is row.text is row.style is None and not row.keep:
            return base
        key = (path, row.url, row.text, row.style, row.keep)
        if key not in self._made:
            try:
                self._made[key] = _vary(base, row)
            except ConfigError as error:
                raise ConfigError(f"{self.roster.path}: line {row.line}: {error}") from error
            if len(self._made) > _PERSONS:
                self._made.popitem(last=False)
        return self._made[key]

    def _config(self, folder: Path) -> Path | None:
        if self.config is not None:
            return self.config
        if folder not in self._found:
            self._found[folder] = find_config(folder)
            if len(self._found) > _FOLDERS:
                self._found.popitem(last=False)
        return self._found[folder]


def _vary(base: Rewriter, row: Row) -> Rewriter:
    from sigtrim.rewriter import Rewriter  # noqa: PLC0415 - most of the start-up time, of no use to --help

    changes: dict[str, Any] = {
        key: value for key, value in (("url", row.url), ("text", row.text), ("style", row.style)) if value is not None
    }
    cta = base.cta
    if cta is not None:
        cta = replace(cta, **changes)
    elif row.url is not None and row.text is not None:
        cta = CallToAction(**changes)
    rules = replace(base.rules, keep=base.rules.keep | Rules(keep=row.keep).keep) if row.keep else base.rules
    return Rewriter(cta=cta, rules=rules, limits=base.limits, remove_cta=base.remove_cta)
