"""The facts behind the platform registry: from `platforms.toml` to the tables that look-ups use.

`platforms.json` is the form that is loaded; `python -m sigtrim.data` writes it anew after a change of the TOML.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sigtrim.detect import platform_names as names
from sigtrim.detect.platform_names import compact, is_unspaced, normalize
from sigtrim.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "CATEGORIES",
    "DATA",
    "LIST_KEYS",
    "build_tables",
    "check_platform",
    "load",
    "pack",
    "read_toml",
    "render",
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
DATA = Path(__file__).parent.parent / "data"

_ID = re.compile(r"[a-z0-9][a-z0-9_]*")
_HOST = re.compile(r"(?=.{3,})[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+(?:/[^\s?#]*[^\s?#/])?")
_TEMPLATE = re.compile(r"/(?:\{[hnx]\}|[^\s?#{}])*(?:\?(?:\*|[^\s?#&={}]+=))?")


def load() -> dict[str, Any]:
    """Return the tables of the built-in registry."""
    tables: dict[str, Any] = json.loads((DATA / "platforms.json").read_bytes())
    return tables


def read_toml() -> dict[str, Any]:
    """Return `platforms.toml` as it stands."""
    import tomllib  # noqa: PLC0415 - only developers read the TOML; loading it would cost every run

    return tomllib.loads((DATA / "platforms.toml").read_text("utf-8"))


def render() -> str:
    """Return the text of `platforms.json` that belongs to the present `platforms.toml`."""
    data = read_toml()
    for platform in data["platform"]:
        check_platform(platform)
    platforms = {p["id"]: {k: v for k, v in p.items() if k != "id"} for p in data["platform"]}
    kept = {host: category for category, hosts in data["kept"].items() for host in hosts}
    shorteners = [host for hosts in data["shorteners"].values() for host in hosts]
    tables = build_tables(platforms, kept=kept, shorteners=shorteners, reserved=data["paths"]["reserved"], words=data["words"])
    return json.dumps(tables, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


_PACKED = ("name", "category", "strict", *LIST_KEYS, "host_kind", "handle")


def pack(facts: Mapping[str, Any]) -> str:
    """Return a platform's facts as one string: a string is loaded far faster than lists, and few platforms are looked at in a run.

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


def check_platform(platform: Mapping[str, Any]) -> None:
    """Raise ConfigError, naming platform and key, where a platform's facts have a bad form."""
    name = platform.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise ConfigError(f"platforms: id {name!r} must be lower-case letters, digits and underscores")

    def bad(key: str, why: str) -> ConfigError:
        return ConfigError(f"platforms: {name}: {key} {why}")

    known = {"id", "name", "category", "host_kind", "strict", "handle", *LIST_KEYS}
    for key in platform:
        if key not in known:
            raise bad(key, "is not a known key")
    if not isinstance(platform.get("name"), str) or not platform["name"].strip() or "|" in platform["name"]:
        raise bad("name", "must be a text without |")
    if platform.get("category") not in CATEGORIES:
        raise bad("category", f"must be one of {', '.join(CATEGORIES)}")
    for key in LIST_KEYS:
        values = platform.get(key, ())
        if isinstance(values, str) or not all(isinstance(value, str) and value.strip() for value in values):
            raise bad(key, "must be a list of texts")
        if any("|" in value or ";" in value for value in values):
            raise bad(key, "must not hold | or ;")
    for key in ("hosts", "other_hosts"):
        for host in platform.get(key, ()):
            if host != host.lower() or not _HOST.fullmatch(host):
                raise bad(key, f"has {host!r}, which is no host name in lower case (example.com, example.com/path)")
    for key in ("profile", "content", "share"):
        for template in platform.get(key, ()):
            if template != template.lower() or not _TEMPLATE.fullmatch(template):
                raise bad(key, f"has {template!r}, which is no path template in lower case (/in/{{h}}, /watch?v=)")
    for host, kind in dict(platform.get("host_kind", ())).items():
        if host not in platform.get("hosts", ()) or kind not in ("profile", "content", "short"):
            raise bad("host_kind", f"has {host!r} = {kind!r}; it wants a listed host and profile, content or short")
    try:
        re.compile(platform.get("handle", ""))
    except re.error as error:
        raise bad("handle", f"is no regular expression: {error}") from None
    for key in ("labels", "labels_whole", "labels_weak"):
        for label in platform.get(key, ()):
            if not compact(label):
                raise bad(key, f"has {label!r}, which holds no letter or digit")


def build_tables(
    platforms: Mapping[str, Mapping[str, Any]],
    *,
    kept: Mapping[str, str],
    shorteners: Iterable[str],
    reserved: list[str],
    words: dict[str, list[str]],
) -> dict[str, Any]:
    """Return the look-up tables for these platforms; a name that two platforms claim is a ConfigError."""
    hosts: dict[str, str] = {}
    text: dict[str, list[list[str]]] = {}
    unspaced: dict[str, str] = {}
    tables: dict[str, dict[str, str]] = {
        key: {}
        for key in (
            "strong",
            "whole",
            "weak",
            "icons",
            "icons_weak",
            "icon_classes",
            "schemes",
            "any_suffix",
            "open_hosts",
        )
    }

    def claim(table: dict[str, str], key: str, platform: str, field: str) -> None:
        if not key:
            return
        other = table.setdefault(key, platform)
        if other != platform:
            raise ConfigError(f"platforms: {platform}: {field} has {key!r}, which belongs to {other or 'no platform'}")

    for platform, facts in sorted(platforms.items()):
        for host in facts.get("hosts", ()):
            claim(hosts, host, platform, "hosts")
        for label in facts.get("labels", ()):
            claim(tables["strong"], compact(label), platform, "labels")
            if is_unspaced(label):
                claim(unspaced, normalize(label), platform, "labels")
            else:
                tokens = names.words(normalize(label))
                entry = [platform, *tokens[1:]]
                if entry not in text.setdefault(tokens[0], []):
                    text[tokens[0]].append(entry)
        for key, table in (("labels_whole", "whole"), ("labels_weak", "weak")):
            for label in facts.get(key, ()):
                claim(tables[table], compact(label), platform, key)
        for key in ("icons", "icons_weak"):
            for icon in facts.get(key, ()):
                claim(tables[key], compact(icon), platform, key)
        for key in ("icon_classes", "schemes", "any_suffix", "open_hosts"):
            for value in facts.get(key, ()):
                claim(tables[key], value.lower(), platform, key)
    for platform, facts in sorted(platforms.items()):
        for host in facts.get("other_hosts", ()):
            if hosts.get(host, "") not in ("", platform):
                raise ConfigError(f"platforms: {platform}: other_hosts has {host!r}, which belongs to {hosts[host]}")
            hosts[host] = ""
    for entries in text.values():
        entries.sort(key=lambda entry: (-len(entry), entry))
    for key in tables["strong"]:
        for weaker in ("whole", "weak"):
            if tables[weaker].get(key, tables["strong"][key]) != tables["strong"][key]:
                raise ConfigError(f"platforms: {tables[weaker][key]}: {key!r} is a label of {tables['strong'][key]}")
    return {
        **tables,
        "hosts": hosts,
        "host_paths": _by_host(hosts),
        "kept": dict(kept),
        "kept_paths": _by_host(kept),
        "platforms": {platform: pack(facts) for platform, facts in platforms.items()},
        "reserved": reserved,
        "shorteners": dict.fromkeys(sorted(shorteners), ""),
        "text": text,
        "unspaced": unspaced,
        "words": words,
    }


def _by_host(names: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the paths of the "host/path" names by host, the longest first."""
    paths: dict[str, list[str]] = {}
    for name in names:
        host, slash, path = name.partition("/")
        if slash:
            paths.setdefault(host, []).append("/" + path)
    for values in paths.values():
        values.sort(key=lambda path: (-len(path), path))
    return paths
