"""Regular expressions that are compiled at their first use.

One run needs few of those that all modules hold, and to compile them all takes longer than to rewrite a document.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

__all__ = ["lazy"]


def lazy(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what serves as `re.compile(pattern, flags)`; a bad pattern raises `re.error` at its first use only.

    >>> lazy(r"[a-z]+").findall("one, two")
    ['one', 'two']
    """
    return cast("re.Pattern[AnyStr]", _Lazy(pattern, flags))


class _Lazy:
    """Stands for a pattern; a method that was asked for once is an attribute from then on, as fast as the pattern's."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        # The cache of `re` may drop the pattern, not what is kept here.
        value = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, value)
        return value
