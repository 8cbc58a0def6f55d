"""What to remove and what to offer instead: rules, the call to action, and the file that holds them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sigtrim.call import UTM_KEYS, Button, CallToAction, Image, did_you_mean, one_of
from sigtrim.errors import ConfigError, SourceError
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

__all__ = ["CallToAction", "Config", "Limits", "Rules", "find_config", "load_config"]

CONFIG_NAME = "sigtrim.toml"
PROJECT_NAME = "pyproject.toml"

# Of a configuration file or a template, in bytes.
_LARGEST = 4 * 1024 * 1024
# tomllib takes a time that grows with the square of the parts of a key; no setting has more than three.
_DOTS = lazy(rb"(?:[^\s.=#,]{1,64}+[ \t]*+\.[ \t]*+){64}")

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
        for place in self.protect:
            if place in ("#", "."):
                raise ConfigError(f"protect: {place!r} names nothing")
        object.__setattr__(self, "platforms", tuple(_tables(self.platforms, "platforms")))
        if self.caption_platform is not None:
            object.__setattr__(self, "caption_platform", *_names([self.caption_platform], "platform"))
        one_of(self.engagement_bait, ("keep", "strip"), "engagement-bait")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a document may be at most; one that is more is not rewritten.

    `max_bytes` is the length of a document: a file, a message of a mailbox, a cell of a table; of a text it counts the
    code points. `max_depth` is how deep its HTML elements may be nested. Time and memory grow with both no more than
    in proportion. Raises `ConfigError` on a bad value.

    >>> Limits(max_depth=0)
    Traceback (most recent call last):
    sigtrim.errors.ConfigError: max-depth: 0 is not a whole number from 1 on
    """

    max_bytes: int = 256 * 1024 * 1024
    max_depth: int = 250_000

    def __post_init__(self) -> None:
        for key, value in (("max-bytes", self.max_bytes), ("max-depth", self.max_depth)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ConfigError(f"{key}: {value!r} is not a whole number from 1 on")

    def check_length(self, length: int) -> None:
        """Raise `SourceError` if a document is longer than it may be."""
        if length > self.max_bytes:
            raise SourceError(f"has {length:,} bytes, more than the limit of {self.max_bytes:,} (limits.max-bytes)")

    def check_depth(self, depth: int) -> None:
        """Raise `SourceError` if the elements of a document are nested deeper than they may be."""
        if depth > self.max_depth:
            raise SourceError(f"is nested {depth:,} deep, more than the limit of {self.max_depth:,} (limits.max-depth)")


@dataclass(frozen=True, slots=True)
class Config:
    """What a configuration file says; `path` is None where there is no file."""

    cta: CallToAction | None = None
    rules: Rules = field(default_factory=Rules)
    path: Path | None = None
    limits: Limits = field(default_factory=Limits)


def find_config(start: str | os.PathLike[str]) -> Path | None:
    """Return the configuration file nearest to `start`, a file or a folder, going up.

    In each folder that is `sigtrim.toml`, else a `pyproject.toml` with a table `[tool.sigtrim]`. Raises `ConfigError`
    if a `pyproject.toml` that speaks of sigtrim cannot be read, or if what is found is a symbolic link out of its
    folder: whoever filled the folder must not have other files read.
    """
    lowest = Path(os.path.abspath(start))  # noqa: PTH100 - resolve() would leave the folder through a symbolic link
    for folder in (lowest, *lowest.parents):
        own = folder / CONFIG_NAME
        if os.path.isfile(own):  # noqa: PTH113 - is_file() raises where a folder may not be entered
            _check_inside(own, folder, f"{own}: is a symbolic link out of its folder, --config can name the file")
            return own
        project = folder / PROJECT_NAME
        if os.path.isfile(project) and _read_table(project) is not None:  # noqa: PTH113 - as above
            _check_inside(
                project, folder, f"{project}: is a symbolic link out of its folder, --config can name the file"
            )
            return project
    return None


def _check_inside(path: Path, folder: Path, message: str) -> None:
    """Raise `ConfigError` if a file does not lie in a folder once all links are followed."""
    if os.path.commonpath((os.path.realpath(path), os.path.realpath(folder))) != os.path.realpath(folder):
        raise ConfigError(message)


def load_config(path: str | os.PathLike[str]) -> Config:
    """Read a `sigtrim.toml`, or the table `[tool.sigtrim]` of a `pyproject.toml`.

    Raises `ConfigError`, which names the file and the key, if the file cannot be read, a key is unknown or a value
    cannot be used.
    """
    path = Path(path)
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
    if len(data) > _LARGEST:
        raise ConfigError(f"{path}: has {len(data):,} bytes, more than the {_LARGEST:,} that settings may have")
    if path.name == PROJECT_NAME and b"sigtrim" not in data:
        return None

    if _DOTS.search(data):
        raise ConfigError(f"{path}: not TOML for settings: a key has too many parts")

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
_LIMIT_KEYS = ("max-bytes", "max-depth")
_TABLES = ("cta", "rules", "captions", "limits", "platforms")


def _config(table: Mapping[str, Any], path: Path) -> Config:
    _known(table, (*_TABLES, *_RULE_KEYS), "")
    rules: dict[str, Any] = {key: table[key] for key in _RULE_KEYS if key in table}
    section = _section(table, "rules", _RULE_KEYS)
    for key in section:
        if key in rules:
            raise ConfigError(f"rules.{key}: also set outside [rules]")
    captions = _section(table, "captions", tuple(_CAPTION_KEYS))
    limits = {key.replace("-", "_"): value for key, value in _section(table, "limits", _LIMIT_KEYS).items()}

    # Each value is checked on its own first, so that the message can name the table in which it stands.
    for prefix, values in (("", rules), ("rules.", section)):
        for key, value in values.items():
            _under(prefix, Rules, **{key.replace("-", "_"): value})
    for key, value in captions.items():
        _under("captions.", Rules, **{_CAPTION_KEYS[key]: value})
    settings = {key.replace("-", "_"): value for key, value in (rules | section).items()}
    settings |= {_CAPTION_KEYS[key]: value for key, value in captions.items()}
    own = Rules(**settings, platforms=table.get("platforms", ()))
    return Config(_cta(table, path), own, path, _under("limits.", Limits, **limits))


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
    """Read the template, whose path is relative to the configuration file and does not lead out of its folder."""
    if not isinstance(name, str) or not name or "\0" in name:
        raise ConfigError(f"{prefix}template: {name!r} is not the name of a file")
    _check_inside(path.parent / name, path.parent, f"{prefix}template: {name!r} leads out of the folder of {path.name}")
    try:
        data = (path.parent / name).read_bytes()
        if len(data) > _LARGEST:
            raise ConfigError(f"{prefix}template: {name} has {len(data):,} bytes, more than {_LARGEST:,}")
        return data.decode("utf-8-sig")
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
