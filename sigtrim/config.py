"""What to remove and what to offer instead: rules, the call to action, and the file that holds them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sigtrim.call import UTM_KEYS, Button, CallToAction, Image, did_you_mean, one_of
from sigtrim.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

__all__ = ["CallToAction", "Config", "Rules", "find_config", "load_config"]

CONFIG_NAME = "sigtrim.toml"
PROJECT_NAME = "pyproject.toml"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What counts as a link list and what of it goes.

    `min_platforms` is the number of distinct platforms from which on a document is a goose chase. `keep` and `strip`
    name platforms by id (`linkedin`), host (`linkedin.com`) or category (`messaging`): the ones that stay, and further
    hosts to treat as platforms. `content_links` tells whether links to single videos, posts or episodes stay.
    `protect` lists places that are never touched: `#id`, `.class`, or a piece of visible text. `platforms` holds own
    platform tables, written as those of the built-in registry. `caption_platform` is the platform on which a caption
    is published, `engagement_bait` tells whether bait ("tag a friend", "comment YES") goes without a link list too;
    with one it always goes.

    Sets and tuples may be given as any iterable of strings. Raises `ConfigError` on a bad value.

    >>> Rules(keep={"LinkedIn"}).keep
    frozenset({'linkedin'})
    """

    min_platforms: int = 2
    keep: AbstractSet[str] = frozenset()
    strip: AbstractSet[str] = frozenset()
    content_links: Literal["keep", "strip"] = "keep"
    protect: tuple[str, ...] = ()
    platforms: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)
    caption_platform: str | None = None
    engagement_bait: Literal["keep", "strip"] = "keep"

    def __post_init__(self) -> None:
        if not isinstance(self.min_platforms, int) or isinstance(self.min_platforms, bool) or self.min_platforms < 1:
            raise ConfigError(f"min-platforms: {self.min_platforms!r} is not a whole number from 1 on")
        object.__setattr__(self, "keep", frozenset(_names(self.keep, "keep")))
        object.__setattr__(self, "strip", frozenset(_names(self.strip, "strip")))
        one_of(self.content_links, ("keep", "strip"), "content-links")
        object.__setattr__(self, "protect", tuple(_strings(self.protect, "protect")))
        object.__setattr__(self, "platforms", tuple(_tables(self.platforms, "platforms")))
        if self.caption_platform is not None:
            object.__setattr__(self, "caption_platform", *_names([self.caption_platform], "platform"))
        one_of(self.engagement_bait, ("keep", "strip"), "engagement-bait")


@dataclass(frozen=True, slots=True)
class Config:
    """What a configuration file says; `path` is None where there is no file."""

    cta: CallToAction | None = None
    rules: Rules = field(default_factory=Rules)
    path: Path | None = None


def find_config(start: Path) -> Path | None:
    """Return the configuration file nearest to `start`, a file or a folder, going up.

    In each folder that is `sigtrim.toml`, else a `pyproject.toml` with a table `[tool.sigtrim]`. Raises `ConfigError`
    if a `pyproject.toml` that speaks of sigtrim cannot be read.
    """
    start = Path(os.path.abspath(start))  # noqa: PTH100 - resolve() would leave the folder through a symbolic link
    for folder in (start, *start.parents):
        own = folder / CONFIG_NAME
        if os.path.isfile(own):  # noqa: PTH113 - is_file() raises where a folder may not be entered
            return own
        project = folder / PROJECT_NAME
        if os.path.isfile(project) and _read_table(project) is not None:  # noqa: PTH113 - as above
            return project
    return None


def load_config(path: Path) -> Config:
    """Read a `sigtrim.toml`, or the table `[tool.sigtrim]` of a `pyproject.toml`.

    Raises `ConfigError`, which names the file and the key, if the file cannot be read, a key is unknown or a value
    cannot be used.
    """
    table = _read_table(path)
    if table is None:
        raise ConfigError(f"{path}: there is no table [tool.sigtrim]")
    try:
        return _config(table, path)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def _read_table(path: Path) -> dict[str, Any] | None:
    """Return the settings in the file; None for a project file without any."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
    if path.name == PROJECT_NAME and b"sigtrim" not in data:
        return None

    import tomllib  # noqa: PLC0415 - only needed where there is a configuration file

    try:
        # Windows editors write a byte order mark, which TOML does not know.
        table = tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 (byte {error.start})") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    if path.name != PROJECT_NAME:
        return table
    tool = table.get("tool")
    own = tool.get("sigtrim") if isinstance(tool, dict) else None
    if own is not None and not isinstance(own, dict):
        raise ConfigError(f"{path}: tool.sigtrim: expected a table")
    return own


_CTA_KEYS = (
    "url",
    "text",
    "style",
    "position",
    "utm",
    "button",
    "image",
    "template",
    "previous",
    "schemes",
    "from",
    "until",
    "default",
)
_DATED = ("from", "until", "default")
_CTA_TABLES: dict[str, tuple[str, ...]] = {
    "utm": UTM_KEYS,
    "button": ("color", "text-color"),
    "image": ("src", "width", "height"),
}
_RULE_KEYS = ("min-platforms", "keep", "strip", "content-links", "protect")
_CAPTION_KEYS = {"platform": "caption_platform", "engagement-bait": "engagement_bait"}
_TABLES = ("cta", "rules", "captions", "platforms")


def _config(table: Mapping[str, Any], path: Path) -> Config:
    _known(table, (*_TABLES, *_RULE_KEYS), "")
    rules: dict[str, Any] = {key: table[key] for key in _RULE_KEYS if key in table}
    section = _section(table, "rules", _RULE_KEYS)
    for key in section:
        if key in rules:
            raise ConfigError(f"rules.{key}: also set outside [rules]")
    captions = _section(table, "captions", tuple(_CAPTION_KEYS))

    # Each value is checked on its own first, so that the message can name the table in which it stands.
    for prefix, values in (("", rules), ("rules.", section)):
        for key, value in values.items():
            _under(prefix, Rules, **{key.replace("-", "_"): value})
    for key, value in captions.items():
        _under("captions.", Rules, **{_CAPTION_KEYS[key]: value})
    settings = {key.replace("-", "_"): value for key, value in (rules | section).items()}
    settings |= {_CAPTION_KEYS[key]: value for key, value in captions.items()}
    return Config(_cta(table, path), Rules(**settings, platforms=table.get("platforms", ())), path)


def _cta(table: Mapping[str, Any], path: Path, prefix: str = "cta.") -> CallToAction | None:
    """Read `[cta]`; `table` holds it under the last word of `prefix`."""
    name = prefix.rstrip(".").rpartition(".")[2]
    if name not in table:
        return None
    cta = table[name]
    if not isinstance(cta, dict):
        raise ConfigError(f"{prefix[:-1]}: expected a table [{prefix[:-1]}]")
    inner = prefix != "cta."
    _known(cta, tuple(key for key in _CTA_KEYS if not (inner and key in _DATED)), prefix)
    for key in ("url", "text"):
        if key not in cta:
            raise ConfigError(f"{prefix}{key}: is missing")
    values: dict[str, Any] = {"start" if key == "from" else key: value for key, value in cta.items()}
    for key, keys in _CTA_TABLES.items():
        if key in cta:
            values[key] = _section(cta, key, keys, prefix)
    for key, make in (("button", Button), ("image", Image)):
        if key in values:
            values[key] = _table_value(values[key], make, prefix, key)
    if "template" in cta:
        values["template"] = _template(cta["template"], path, prefix)
    values["default"] = None if inner else _cta(cta, path, f"{prefix}default.")
    return _under(prefix, CallToAction, **values)


def _table_value(section: dict[str, Any], make: type[_T], prefix: str, key: str) -> _T:
    values = {name.replace("-", "_"): value for name, value in section.items()}
    try:
        return make(**values)
    except TypeError:
        missing = next(name for name in _CTA_TABLES[key] if name not in section)
        raise ConfigError(f"{prefix}{key}.{missing}: is missing") from None
    except ConfigError as error:
        raise ConfigError(f"{prefix}{error}") from error


def _template(name: object, path: Path, prefix: str) -> str:
    """Read the template, whose path is relative to the folder of the configuration file."""
    if not isinstance(name, str) or not name:
        raise ConfigError(f"{prefix}template: {name!r} is not the name of a file")
    try:
        return (path.parent / name).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{prefix}template: {name}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{prefix}template: {name}: not UTF-8 (byte {error.start})") from error


def _under(prefix: str, make: type[_T], **values: Any) -> _T:
    """Make a value of `make`; the messages of its errors get `prefix` before the name of the key."""
    try:
        return make(**values)
    except ConfigError as error:
        raise ConfigError(f"{prefix}{error}") from error


def _section(table: Mapping[str, Any], name: str, keys: tuple[str, ...], prefix: str = "") -> dict[str, Any]:
    section = table.get(name, {})
    if not isinstance(section, dict):
        raise ConfigError(f"{prefix}{name}: expected a table [{prefix}{name}]")
    _known(section, keys, f"{prefix}{name}.")
    return section


def _known(table: Mapping[str, Any], keys: tuple[str, ...], prefix: str) -> None:
    for key in table:
        if key not in keys:
            raise ConfigError(f"{prefix}{key}: unknown key{did_you_mean(key, keys)}")


def _strings(values: object, key: str) -> Iterable[str]:
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise ConfigError(f"{key}: {values!r} is not a list of strings")
    for value in values:
        if not isinstance(value, str) or not value.strip():
            raise ConfigError(f"{key}: {value!r} is not a text")
        yield value.strip()


def _names(values: object, key: str) -> Iterable[str]:
    for value in _strings(values, key):
        if any(character.isspace() or not character.isprintable() for character in value):
            raise ConfigError(f"{key}: {value!r} is not the name of a platform, a host or a category")
        yield value.lower()


def _tables(values: object, key: str) -> Iterable[Mapping[str, Any]]:
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise ConfigError(f"{key}: expected tables [[{key}]]")
    for number, value in enumerate(values, 1):
        if not isinstance(value, Mapping):
            raise ConfigError(f"{key}: expected tables [[{key}]]")
        name = value.get("id")
        if not isinstance(name, str) or not name.strip():
            raise ConfigError(f"{key}.id: is missing in table {number}")
        yield value
