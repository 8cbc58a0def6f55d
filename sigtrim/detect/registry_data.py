"""The facts behind the platform registry: from `platforms.toml`, and from a user, to the tables that look-ups use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sigtrim.detect import platform_names as names
from sigtrim.errors import ConfigError
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sigtrim.detect.platforms import Platform

__all__ = [
    "CATEGORIES",
    "LIST_KEYS",
    "build_tables",
    "check_platform",
    "compile_table",
    "merge_platform",
    "pack",
    "unpack",
]

CATEGORIES = (
    "audio",
    "code",
    "community",
    "design",
    "funding",
    "hub",
    "messaging",
    "other",
    "professional",
    "reviews",
    "social",
    "video",
    "writing",
)
LIST_KEYS = (
    "hosts",
    "other_hosts",
    "open_hosts",
    "profile",
    "content",
    "share",
    "reserved",
    "any_suffix",
    "schemes",
    "labels",
    "labels_whole",
    "labels_weak",
    "icons",
    "icons_weak",
    "icon_classes",
)

_ID = lazy(r"[a-z0-9][a-z0-9_]*")  # or a host, for a platform of which nothing else is known
_HOST = lazy(r"(?=.{3,})[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+(?:/[^\s?#]*[^\s?#/])?")
_TEMPLATE = lazy(r"/(?:\{[hnx]\}|[^\s?#{}])*(?:\?(?:\*|[^\s?#&={}]+=))?")
_PACKED = ("name", "category", "strict", *LIST_KEYS, "host_kind", "handle")


def compile_table(toml: str) -> str:
    """Compile the text of `platforms.toml` into that of `platforms.json`.

    Raises `tomllib.TOMLDecodeError` where the text is no TOML, and `ConfigError` where a fact has a bad form or two
    platforms claim one name.
    """
    import json  # noqa: PLC0415 - needed by the generator only
    import tomllib  # noqa: PLC0415 - needed by the generator only

    data = tomllib.loads(toml)
    for platform in data["platform"]:
        check_platform(platform)
    tables = build_tables(
        {platform["id"]: {key: platform[key] for key in platform if key != "id"} for platform in data["platform"]},
        kept={host: category for category, hosts in data["kept"].items() for host in hosts},
        shorteners=[host for hosts in data["shorteners"].values() for host in hosts],
        reserved=data["paths"]["reserved"],
        words=data["words"],
    )
    return json.dumps(tables, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def pack(facts: Mapping[str, Any]) -> str:
    """Return a platform's facts as one string: it loads far faster than lists, and a run looks at few platforms.

    >>> unpack(pack({"name": "Acme", "category": "social", "hosts": ["acme.example"]}))
    {'name': 'Acme', 'category': 'social', 'hosts': ['acme.example']}
    """
    kinds = [f"{host}={kind}" for host, kind in sorted(facts.get("host_kind", {}).items())]
    fields = [facts["name"], facts["category"], "1" if facts.get("strict") else ""]
    fields += [";".join(facts.get(key, ())) for key in LIST_KEYS]
    return "|".join([*fields, ";".join(kinds), facts.get("handle", "")])


def unpack(packed: str) -> dict[str, Any]:
    """Return the facts that `pack` wrote; what is empty is left out."""
    facts: dict[str, Any] = {}
    for key, text in zip(_PACKED, packed.split("|", len(_PACKED) - 1), strict=True):
        if not text:
            continue
        if key == "strict":
            facts[key] = True
        elif key == "host_kind":
            facts[key] = dict(item.split("=") for item in text.split(";"))
        elif key in LIST_KEYS:
            facts[key] = text.split(";")
        else:
            facts[key] = text
    return facts


def merge_platform(known: dict[str, Any] | None, platform: Platform) -> dict[str, Any]:
    """Add a user's platform to the known facts of its id: lists grow, single values are replaced."""
    facts: dict[str, Any] = dict(known or {"name": platform.id, "category": "other"})
    for key, value in platform._asdict().items():
        if not value or key == "id":
            continue
        if key == "host_kind":
            facts["host_kind"] = {**facts.get("host_kind", {}), **dict(value)}
        elif isinstance(value, tuple):
            facts[key] = list(dict.fromkeys((*facts.get(key, ()), *value)))
        else:
            facts[key] = value
    return facts


def check_platform(platform: Mapping[str, Any]) -> None:
    """Raise ConfigError, naming platform and key, where a platform's facts have a bad form."""
    id_ = platform.get("id")
    if not isinstance(id_, str) or not (_ID.fullmatch(id_) or id_ in platform.get("hosts", ())):
        raise ConfigError(f"platforms: id {id_!r} must be lower-case letters, digits and underscores")
    for key in platform:
        why = "is not a known key" if key not in ("id", *_PACKED) else _fault(platform, key)
        if why:
            raise ConfigError(f"platforms: {id_}: {key} {why}")
    for key in ("name", "category"):
        if key not in platform:
            raise ConfigError(f"platforms: {id_}: {key} is missing")


def _fault(platform: Mapping[str, Any], key: str) -> str | None:
    """Return what is wrong with the value of a known key, or None."""
    value = platform[key]
    if key in LIST_KEYS:
        return _list_fault(key, value)
    if key == "name" and (not isinstance(value, str) or not value.strip() or "|" in value):
        return "must be a text without |"
    if key == "category" and value not in CATEGORIES:
        return f"must be one of {', '.join(CATEGORIES)}"
    if key == "strict" and not isinstance(value, bool):
        return "must be true or false"
    if key == "host_kind":
        for host, kind in value.items():
            if host not in platform.get("hosts", ()) or kind not in ("profile", "content", "short"):
                return f"has {host!r} = {kind!r}; it wants a listed host and profile, content or short"
    if key == "handle":
        try:
            re.compile(value)
        except (re.error, TypeError) as error:
            return f"is no regular expression: {error}"
    return None


def _list_fault(key: str, values: Any) -> str | None:
    if isinstance(values, str) or not all(isinstance(value, str) and value.strip() for value in values):
        return "must be a list of texts"
    for value in values:
        if "|" in value or ";" in value:
            return f"has {value!r}, which must not hold | or ;"
        if key in ("hosts", "other_hosts") and (value != value.lower() or not _HOST.fullmatch(value)):
            return f"has {value!r}, which is no host name in lower case (example.com, example.com/path)"
        if key in ("profile", "content", "share") and (value != value.lower() or not _TEMPLATE.fullmatch(value)):
            return f"has {value!r}, which is no path template in lower case (/in/{{h}}, /watch?v=)"
        if key.startswith("labels") and not names.compact(value):
            return f"has {value!r}, which holds no letter or digit"
    return None


class _Claims:
    """Tables in which every name belongs to one platform."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, str]] = {}

    def add(self, table: str, key: str, platform: str, field: str) -> None:
        if not key:
            return
        owner = self.tables.setdefault(table, {}).setdefault(key, platform)
        if owner != platform:
            raise ConfigError(f"platforms: {platform}: {field} has {key!r}, which belongs to {owner or 'no platform'}")


# The table that holds the names of each key, and how a name is levelled for it.
_NAME_TABLES = (
    ("labels", "strong", names.label_key),
    ("labels_whole", "whole", names.label_key),
    ("labels_weak", "weak", names.label_key),
    ("icons", "icons", names.compact),
    ("icons_weak", "icons_weak", names.compact),
    ("icon_classes", "icon_classes", str.lower),
    ("schemes", "schemes", str.lower),
    ("any_suffix", "any_suffix", str.lower),
    ("open_hosts", "open_hosts", str.lower),
    ("hosts", "hosts", str.lower),
)


def build_tables(
    platforms: Mapping[str, Mapping[str, Any]],
    *,
    kept: Mapping[str, str],
    shorteners: Iterable[str],
    reserved: list[str],
    words: dict[str, list[str]],
) -> dict[str, Any]:
    """Return the look-up tables for these platforms; a name that two platforms claim is a ConfigError."""
    claims = _Claims()
    for _, table, _ in _NAME_TABLES:
        claims.tables[table] = {}
    for platform, facts in platforms.items():
        for key, table, level in _NAME_TABLES:
            for value in facts.get(key, ()):
                claims.add(table, level(value), platform, key)
    tables = claims.tables
    for platform, facts in platforms.items():
        for host in facts.get("other_hosts", ()):
            if tables["hosts"].get(host):
                raise ConfigError(
                    f"platforms: {platform}: other_hosts has {host!r}, which belongs to {tables['hosts'][host]}"
                )
            tables["hosts"][host] = ""
    _check_strength(tables)
    text, unspaced = _label_tables(platforms)
    return {
        **tables,
        "host_paths": _by_host(tables["hosts"]),
        "kept": dict(kept),
        "kept_paths": _by_host(kept),
        "platforms": {platform: pack(facts) for platform, facts in platforms.items()},
        "reserved": reserved,
        "shorteners": dict.fromkeys(sorted(shorteners), ""),
        "text": text,
        "unspaced": unspaced,
        "words": words,
    }


def _check_strength(tables: Mapping[str, Mapping[str, str]]) -> None:
    """Raise ConfigError where one platform's strong name is another's weaker one."""
    for stronger, weaker in (("strong", "whole"), ("strong", "weak"), ("whole", "weak"), ("icons", "icons_weak")):
        for key, platform in tables[weaker].items():
            owner = tables[stronger].get(key, platform)
            if owner != platform:
                raise ConfigError(f"platforms: {platform}: {key!r} is a name of {owner}")


def _label_tables(platforms: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, list[list[str]]], dict[str, str]]:
    """Return the strong labels by their first word (as platform and further words), and the unspaced ones."""
    text: dict[str, list[list[str]]] = {}
    unspaced: dict[str, str] = {}
    for platform, facts in platforms.items():
        for label in map(names.normalize, facts.get("labels", ())):
            if names.is_unspaced(label):
                unspaced[label] = platform
                continue
            first, *rest = names.words(label)
            entry = [platform, *rest]
            if entry not in text.setdefault(first, []):
                text[first].append(entry)
    for entries in text.values():
        entries.sort(key=lambda entry: (-len(entry), entry))
    return text, unspaced


def _by_host(hosts: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the paths of the "host/path" names by host, the longest first."""
    paths: dict[str, list[str]] = {}
    for name in hosts:
        host, slash, path = name.partition("/")
        if slash:
            paths.setdefault(host, []).append("/" + path)
    for values in paths.values():
        values.sort(key=lambda path: (-len(path), path))
    return paths
