"""What an address leads to, told by its host and path.

`Hosts` answers from the tables that `sigtrim.detect.registry_data` builds; its users go through
`sigtrim.detect.platforms`.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from sigtrim.detect.platform_urls import Address, Templates, guess, longest, parse_address, suffixes
from sigtrim.patterns import lazy

__all__ = ["Hosts", "Role", "UrlMatch"]

Role = Literal["profile", "share", "content"]


class UrlMatch(NamedTuple):
    """What a URL is: its platform, its role, the host that decided, and why in a phrase.

    The role "short" says that the target is not in the URL.
    """

    platform: str
    role: Role | Literal["short"]
    host: str
    why: str


class _Rules(NamedTuple):
    """The path rules of one platform, compiled."""

    share: Templates
    content: Templates
    profile: Templates
    reserved: frozenset[str]
    strict: bool
    host_kind: dict[str, Literal["profile", "content", "short"]]


_PHONE = lazy(r"/[+\d() .-]+")
_FILE = lazy(r"\.(?:png|jpe?g|gif|svg|webp|ico|css|js|bmp)\Z")
_INNER_URL = lazy(r"/https?:/")


class Hosts:
    """Recognises platforms by their hosts and paths; see `Registry` for what each look-up means."""

    __slots__ = ("_rules", "_tables")

    def __init__(self, tables: dict[str, Any]) -> None:
        self._tables = tables
        self._rules: dict[str, _Rules] = {}

    def match(self, url: str, depth: int = 0) -> UrlMatch | None:
        """Return what a URL points to; `depth` counts the addresses that it was pasted into."""
        address = parse_address(url)
        if address is None:
            return None
        if address.scheme:
            return self._match_scheme(address)
        name, id_ = self._find_host(address)
        kept_name, _ = self._find_kept(address)
        if id_ is None:
            if kept_name:
                return None
            name, id_ = self._guess_host(address)
        if not id_:
            return None
        rules = self._rules_of(id_)
        match = self._role(address, name, id_, rules)
        if kept_name and len(kept_name) >= len(name) and not (rules.strict and match):
            return None
        if match and ":/" in address.path and depth < 3 and _INNER_URL.match(address.path):
            # "https://example.com/https://example.com/jane": a whole address pasted into a form that wanted the handle.
            inner = self.match(address.path[1:] + ("?" + address.query if address.query else ""), depth + 1)
            if inner and inner.platform == id_:
                return inner
        return match

    def _role(self, address: Address, name: str, id_: str, rules: _Rules) -> UrlMatch | None:
        kind = rules.host_kind.get(name)
        if kind:
            return UrlMatch(id_, kind, name, f"host {name}")
        path, query = address.path, address.query
        if _FILE.search(path):
            return None
        template = rules.share.match(path, query)
        if template:
            other = rules.profile.match(path, query) if query else None
            if other and "=" in other:
                # wa.me and the like: a chat with a number, the text is only its first message.
                return UrlMatch(id_, "profile", name, f"host {name}, path {other}")
            return UrlMatch(id_, "share", name, f"host {name}, path {template}")
        content = rules.content.match(path, query)
        profile = rules.profile.match(path, query)
        # The more literal one knows better: "/users/{h}" is no "/{h}/{h}".
        if content and not (profile and content.startswith("/{h}") and not profile.startswith("/{h}")):
            return UrlMatch(id_, "content", name, f"host {name}, path {content}")
        if rules.strict and not profile:
            return None
        if (not profile or profile.startswith("/{h}")) and path[1:].partition("/")[0] in rules.reserved:
            return None
        if profile:
            return UrlMatch(id_, "profile", name, f"host {name}, path {profile}")
        return UrlMatch(id_, "profile", name, f"host {name}" if path == "/" else f"host {name}, other path")

    def _match_scheme(self, address: Address) -> UrlMatch | None:
        id_ = self._tables["schemes"].get(address.scheme)
        if not id_ or (address.scheme == "callto" and _PHONE.fullmatch(address.path)):
            return None
        rules = self._rules_of(id_)
        path = address.path.replace(":", "/")
        roles: tuple[tuple[Role, Templates], ...] = (("share", rules.share), ("content", rules.content))
        for role, templates in roles:
            if templates.match(path, address.query) and "phone=" not in address.query:
                return UrlMatch(id_, role, f"{address.scheme}:", f"scheme {address.scheme}:")
        return UrlMatch(id_, "profile", f"{address.scheme}:", f"scheme {address.scheme}:")

    def _find_host(self, address: Address) -> tuple[str, str | None]:
        return longest(address, self._tables["hosts"], self._tables["host_paths"])

    def _find_kept(self, address: Address) -> tuple[str, str | None]:
        return longest(address, self._tables["kept"], self._tables["kept_paths"])

    def _guess_host(self, address: Address) -> tuple[str, str | None]:
        return guess(address, self._tables["any_suffix"], self._tables["open_hosts"])

    def is_foreign(self, host: str) -> bool:
        """Tell whether a host is none of a platform and not kept, whatever path stands behind it."""
        names, known = suffixes(host), ("hosts", "host_paths", "kept", "kept_paths")
        is_listed = any(name in self._tables[table] for name in names for table in known)
        return not is_listed and self._guess_host(Address("", host, "/@", "")) == ("", None)

    def kept_category(self, url: str) -> str | None:
        """Return why a host is never a platform."""
        address = parse_address(url)
        if address is None or address.scheme:
            return None
        kept_name, category = self._find_kept(address)
        if not kept_name:
            return None
        name, id_ = self._find_host(address)
        if id_ and (len(name) > len(kept_name) or self.match(url)):
            return None
        return category

    def is_shortener(self, url: str) -> bool:
        """Tell whether the target of a URL is not in it."""
        address = parse_address(url)
        if address is None or address.scheme:
            return False
        known = self._tables["shorteners"]
        if self._find_kept(address)[0]:
            return False
        if any(name in known for name in suffixes(address.host)):
            return True
        name, id_ = self._find_host(address)
        return bool(id_) and self._rules_of(str(id_)).host_kind.get(name) == "short"

    def _rules_of(self, id_: str) -> _Rules:
        rules = self._rules.get(id_)
        if rules is None:
            from sigtrim.detect.registry_data import unpack  # noqa: PLC0415 - shared with the generator, which the import must not cost

            facts = unpack(self._tables["platforms"][id_])
            rules = _Rules(
                Templates(facts.get("share", ())),
                Templates(facts.get("content", ())),
                Templates(facts.get("profile", ())),
                frozenset((*self._tables["reserved"], *facts.get("reserved", ()))),
                facts.get("strict", False),
                facts.get("host_kind", {}),
            )
            self._rules[id_] = rules
        return rules
