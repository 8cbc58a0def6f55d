"""The user's rules as far as they decide what a platform is and which mentions stay: `strip`, `keep`, `protect`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sigtrim.detect.platform_urls import parse_address
from sigtrim.detect.platforms import Platform, registry
from sigtrim.errors import ConfigError
from sigtrim.parse.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from sigtrim.config import Rules
    from sigtrim.detect.linklist import Mention
    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.elements import Document
    from sigtrim.parse.flow import Flow

__all__ = ["Found", "apply_rules", "kept_by", "registry_for"]


class Found(NamedTuple):
    """The mentions of a document, and apart from them those that a rule of the user keeps, each with that rule."""

    mentions: tuple[Mention, ...]
    protected: tuple[tuple[Mention, str], ...]


def registry_for(rules: Rules) -> Registry:
    """Return the registry with the platforms that the rules add to the built-in ones.

    Raises `ConfigError` for a platform with a bad value, for what is no host in `strip`, and for what is no platform,
    category or host in `keep`.

    >>> from sigtrim.config import Rules
    >>> registry_for(Rules(strip={"social.example.com"})).match_url("https://social.example.com/ada").platform
    'social.example.com'
    """
    known = registry()
    added = [Platform.from_table(table) for table in rules.platforms]
    if added:
        known = known.extended(added)
    stripped = _strip_list(rules.strip, known)
    if stripped:
        try:
            known = known.extended(stripped)
        except ConfigError as error:
            raise ConfigError(f"strip: {str(error).removeprefix('platforms: ')}") from error
    _check_keep(rules.keep, known)
    return known


def _strip_list(hosts: AbstractSet[str], known: Registry) -> list[Platform]:
    """Return a platform for each host in `strip` that is none yet; ConfigError for what is no host."""
    names = (*known.ids, *known.categories) if hosts else ()
    new = [host for host in sorted(hosts) if host not in names and known.match_url(f"https://{host}/") is None]
    for host in new:
        if "." not in host:
            raise ConfigError(f"strip: {host!r} is no host such as social.example.com, and no platform")
    return [Platform(host, host, "other", hosts=(host,)) for host in new]


def _check_keep(keep: AbstractSet[str], known: Registry) -> None:
    """Raise ConfigError for a name in `keep` that is no platform, category or host."""
    names = (*known.ids, *known.categories) if keep else ()
    for name in sorted(keep):
        if name not in names and ("." not in name or set(name) & set("/:@")):
            from difflib import get_close_matches  # noqa: PLC0415 - only for a user's mistake

            close = get_close_matches(name, names, n=1)
            hint = f", did you mean {close[0]!r}?" if close else ""
            raise ConfigError(f"keep: {name!r} is no platform, category or host{hint}")


def apply_rules(found: Iterable[Mention], document: Document, flow: Flow, registry: Registry, rules: Rules) -> Found:
    """Part what the user's `keep`, `protect` and `content-links` keep from what may go, in the order of the text."""
    mentions: list[Mention] = []
    protected: list[tuple[Mention, str]] = []
    guarded = list(_protected_spans(document, flow, rules.protect)) if rules.protect else ()
    for mention in sorted(found, key=lambda one: (one.span.start, -one.span.end)):
        strips = mention.role == "content" and rules.content_links == "strip"
        reason = kept_by(mention, registry, rules.keep) or next(
            (why for span, why in guarded if span.overlaps(mention.span)), None
        )
        if reason is None:
            mentions.append(mention._replace(role="profile") if strips else mention)
        else:
            protected.append((mention, reason))
    return Found(tuple(mentions), tuple(protected))


def kept_by(mention: Mention, registry: Registry, keep: AbstractSet[str]) -> str | None:
    """Return the name in the user's `keep` for which a mention stays, if there is one: a platform, a host, a category.

    >>> from sigtrim.detect.linklist import Mention
    >>> mention = Mention("url", "profile", "linkedin", Span(0, 19), "linkedin.com/in/ada", ("host linkedin.com",))
    >>> kept_by(mention, registry(), {"linkedin.com"})
    'keep linkedin.com'
    """
    if not keep:
        return None
    if mention.platform in keep:
        return f"keep {mention.platform}"
    address = parse_address(mention.url) if mention.url else None
    host = address.host if address is not None else ""
    for one in sorted(keep):
        if "." in one and (host == one or host.endswith("." + one)):
            return f"keep {one}"
    category = registry.category(mention.platform) if mention.platform in registry else None
    return f"keep {category}" if category in keep else None


def _protected_spans(document: Document, flow: Flow, protect: tuple[str, ...]) -> Iterator[tuple[Span, str]]:
    """Yield what the user's `protect` covers: elements by `#id` and `.class`, and lines that hold a text."""
    ids = {one[1:] for one in protect if one.startswith("#")}
    classes = {one[1:] for one in protect if one.startswith(".")}
    texts = [one for one in protect if one[:1] not in ("#", ".")]
    for index, (kind, _, _, _) in enumerate(document.tokens if ids or classes else ()):
        if kind == "start":
            element = document.owners[index]
            if element.get("id") in ids:
                yield element.span, f"protect #{element.get('id')}"
            for name in classes.intersection(element.get("class").split()):
                yield element.span, f"protect .{name}"
    for line in flow.lines if texts else ():
        content = "".join(piece.text for piece in line.pieces)
        for text in texts:
            if text in content:
                yield Span(line.pieces[0].start, line.pieces[-1].end), f"protect {text}"
