"""Where a caption's links lead, as far as their own addresses tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from sigtrim.detect.wrappers import hides_nothing, unwrap
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.caption import TextLink

__all__ = ["RowLink", "host_screen", "read_link"]

# A host of a few letters with one word behind it is a short link, whoever runs it.
_LOOKS_SHORT = lazy(
    r"https?://(?:[a-z0-9-]{1,6}\.[a-z]{2,4}|[a-z0-9-]{1,4}\.[a-z]{2,6}|(?=[^/]{4,9}/)[a-z0-9-]+\.[a-z]{2,4})/[\w-]{3,32}/?",
    re.IGNORECASE,
)
_HOST = lazy(r"https?://([a-z0-9.-]+)(?=[/?#]|\Z)")


@dataclass(slots=True)
class RowLink:
    """A link of a row and what its own address says.

    `what` is `platform` (a profile or a share dialog), `content`, `kept` (its host is never a platform), `short`
    (a short link) or `unknown` (any other site). `goes` is set once the row has been judged.
    """

    link: TextLink
    what: Literal["platform", "content", "kept", "short", "unknown"]
    platform: str | None
    role: Literal["profile", "share", "content"]
    url: str
    evidence: tuple[str, ...]
    goes: bool = False


def host_screen(known: Registry) -> Callable[[str], bool]:
    """Return a test of whether a bare host is one of a platform or of short links."""

    def is_known(host: str) -> bool:
        url = f"https://{host}/a"
        return known.match_url(url) is not None or known.is_shortener(url)

    return is_known


def read_link(link: TextLink, known: Registry, *, strips_content: bool) -> RowLink:
    """Read where a link leads; with `strips_content` a single video or post counts as a profile."""
    url = link.url
    host = _HOST.match(url)
    if host is not None and (foreign := _foreign(known, host[1])) is not None:
        short = foreign == "short" or _LOOKS_SHORT.fullmatch(url) is not None
        return RowLink(link, "short" if short else "unknown", None, "profile", url, ())
    match = known.match_url(url)
    wrappers: tuple[str, ...] = ()
    if match is None:
        unwrapped = unwrap(url)
        if unwrapped.wrappers:
            url, wrappers = unwrapped.url, unwrapped.wrappers
            match = known.match_url(url)
    if match is None:
        if known.kept_category(url) is not None:
            return RowLink(link, "kept", None, "content", url, ())
        short = known.is_shortener(url) or _LOOKS_SHORT.fullmatch(url) is not None
        return RowLink(link, "short" if short else "unknown", None, "profile", url, ())
    evidence: tuple[str, ...] = (f"host {match.host}",)
    if wrappers:
        evidence += tuple(f"unwrapped {name}" for name in wrappers)
    if match.role == "content":
        if strips_content:
            return RowLink(link, "platform", match.platform, "profile", url, evidence)
        return RowLink(link, "content", match.platform, "content", url, evidence)
    if match.role == "short":
        return RowLink(link, "short", match.platform, "profile", url, evidence)
    return RowLink(link, "platform", match.platform, match.role, url, evidence)


@lru_cache(maxsize=2048)  # most captions link to the same hosts
def _foreign(known: Registry, host: str) -> Literal["short", "unknown"] | None:
    """Tell what links of a host are of which nothing but its name matters, None for all other hosts."""
    if not (known.is_foreign(host) and hides_nothing(host)):
        return None
    return "short" if known.is_shortener(f"https://{host}/a") else "unknown"
