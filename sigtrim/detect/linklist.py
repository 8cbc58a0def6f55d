"""The mentions of a document, and the multi-platform rule that makes them a link list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sigtrim.parse.source import Span

__all__ = ["LinkList", "Mention", "find_link_list"]


class Mention(NamedTuple):
    """One place in a document that points to a platform.

    Attributes:
        kind: a link, a bare URL, a handle, an icon without a link, a placeholder of a template, or a
            sentence of prose.
        role: `profile` and `share` send the reader away; `content` (one video, post, episode) delivers.
        platform: the platform's id in the registry.
        span: where it stands in the text.
        url: where it leads, decoded and unwrapped; None if nothing tells.
        evidence: why it is a mention, the strongest first.

    """

    kind: Literal["link", "url", "handle", "icon", "placeholder", "prose"]
    role: Literal["profile", "share", "content"]
    platform: str
    span: Span
    url: str | None
    evidence: tuple[str, ...]


class LinkList(NamedTuple):
    """The mentions that the multi-platform rule covers, in the order of the text, and their platforms, sorted.

    Both are empty where the rule does not apply; `reason` then says why.
    """

    mentions: tuple[Mention, ...]
    platforms: tuple[str, ...]
    reason: str | None


def find_link_list(mentions: Iterable[Mention], *, min_platforms: int) -> LinkList:
    """Apply the multi-platform rule: with `min_platforms` distinct platforms or more, all mentions go.

    An icon without a link points nowhere, so it goes with a list but does not make one.

    >>> from sigtrim.parse.source import Span
    >>> lone = Mention("link", "profile", "linkedin", Span(0, 9), "https://linkedin.com/in/ada", ("host",))
    >>> find_link_list([lone], min_platforms=2).reason
    'one platform only: linkedin'
    """
    going = tuple(
        sorted((one for one in mentions if one.role != "content"), key=lambda one: (one.span.start, one.span.end))
    )
    platforms = tuple(sorted({one.platform for one in going if one.kind != "icon"}))
    if len(platforms) >= min_platforms:
        return LinkList(going, platforms, None)
    if not platforms:
        return LinkList((), (), "no platform is mentioned")
    if len(platforms) == 1:
        return LinkList((), (), f"one platform only: {platforms[0]}")
    return LinkList((), (), f"fewer than {min_platforms} platforms: {', '.join(platforms)}")
