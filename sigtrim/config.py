"""What to remove and what to offer instead: rules, the call to action, and the file that holds them."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sigtrim.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

__all__ = ["CallToAction", "Config", "Rules", "find_config", "load_config"]

CONFIG_NAME = "sigtrim.toml"
PROJECT_NAME = "pyproject.toml"

_T = TypeVar("_T")

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# RFC 3986, section 3.2, as far as a link for people needs it; other scripts may stand in a host (RFC 5890).
_WEB_REST = re.compile(r"//(?P<authority>[^/?#]*)(?P<tail>.*)", re.DOTALL)
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]]*)(?::(?P<port>[0-9]{1,5}))?")
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_](?:[\w-]{0,61}[^\W_])?\.?")
_MAIL_REST = re.compile(r"[^@?#/]+@(?P<host>[^@?#/]+)(?:\?[^#]*)?")
# Quotes end an attribute, a backslash is a slash to browsers, the others end or break a link in running text.
_URL_FORBIDDEN = frozenset("\"'`<>\\")
# Unicode Standard Annex 9: these change the order in which the text around them is shown.
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# The two marks and the Arabic letter mark only place the text beside them; right-to-left texts need them.
_BIDI_SPANS = _BIDI_CONTROLS - frozenset("\u061c\u200e\u200f")


@dataclass(frozen=True, slots=True)
class CallToAction:
    """The one next step that a document offers after the rewrite.

    `url` is an http, https or mailto address, `text` what the reader sees; `style` is `"link"`, a text link.
    Raises `ConfigError` if the address or the text could not stand in a document as they are.

    >>> CallToAction("https://example.com/guide", "Get the free guide")
    CallToAction(url='https://example.com/guide', text='Get the free guide', style='link')
    >>> CallToAction("javascript:alert(1)", "Click")
    Traceback (most recent call last):
    sigtrim.errors.ConfigError: url: the scheme 'javascript' is not one of http, https, mailto
    """

    url: str
    text: str
    style: Literal["link"] = "link"

    def __post_init__(self) -> None:
        _check_url(self.url)
        _check_text(self.text)
        _one_of(self.style, ("link",), "style")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What counts as a link list and what of it goes.

    `min_platforms` is the number of distinct platforms from which on a document is a goose chase. `keep` and `strip`
    name platforms by id (`linkedin`), host (`linkedin.com`) or category (`messaging`): the ones that stay, and further
    hosts to treat as platforms. `content_links` tells whether links to single videos, posts or episodes stay.
    `protect` lists places that are never touched: `#id`, `.class`, or a piece of visible text. `platforms` holds own
    platform tables, written as those of the built-in registry. `caption_platform` is the platform on which a caption
    is published, `engagement_bait` tells whether "like and subscribe" stays in captions.

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
    engagement_bait: Literal["keep", "strip"] = "strip"

    def __post_init__(self) -> None:
        if not isinstance(self.min_platforms, int) or isinstance(self.min_platforms, bool) or self.min_platforms < 1:
            raise ConfigError(f"min-platforms: {self.min_platforms!r} is not a whole number from 1 on")
        object.__setattr__(self, "keep", frozenset(_names(self.keep, "keep")))
        object.__setattr__(self, "strip", frozenset(_names(self.strip, "strip")))
        _one_of(self.content_links, ("keep", "strip"), "content-links")
        object.__setattr__(self, "protect", tuple(_strings(self.protect, "protect")))
        object.__setattr__(self, "platforms", tuple(_tables(self.platforms, "platforms")))
        if self.caption_platform is not None:
            object.__setattr__(self, "caption_platform", *_names([self.caption_platform], "platform"))
        _one_of(self.engagement_bait, ("keep", "strip"), "engagement-bait")


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


_CTA_KEYS = ("url", "text", "style")
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
    return Config(_cta(table), Rules(**settings, platforms=table.get("platforms", ())), path)


def _cta(table: Mapping[str, Any]) -> CallToAction | None:
    if "cta" not in table:
        return None
    cta = _section(table, "cta", _CTA_KEYS)
    for key in ("url", "text"):
        if key not in cta:
            raise ConfigError(f"cta.{key}: is missing")
    return _under("cta.", CallToAction, **cta)


def _under(prefix: str, make: type[_T], **values: Any) -> _T:
    """Make a value of `make`; the messages of its errors get `prefix` before the name of the key."""
    try:
        return make(**values)
    except ConfigError as error:
        raise ConfigError(f"{prefix}{error}") from error


def _section(table: Mapping[str, Any], name: str, keys: tuple[str, ...]) -> dict[str, Any]:
    section = table.get(name, {})
    if not isinstance(section, dict):
        raise ConfigError(f"{name}: expected a table [{name}]")
    _known(section, keys, f"{name}.")
    return section


def _known(table: Mapping[str, Any], keys: tuple[str, ...], prefix: str) -> None:
    for key in table:
        if key not in keys:
            raise ConfigError(f"{prefix}{key}: unknown key{_hint(key, keys)}")


def _hint(word: str, known: Iterable[str]) -> str:
    import difflib  # noqa: PLC0415 - only needed for a message

    known = tuple(known)
    close = difflib.get_close_matches(word.lower().replace("_", "-"), known, n=1)
    return f", did you mean {close[0]!r}?" if close else f" (known: {', '.join(known)})"


def _one_of(value: object, allowed: tuple[str, ...], key: str) -> None:
    if value in allowed:
        return
    hint = _hint(value, allowed) if isinstance(value, str) else f" (known: {', '.join(allowed)})"
    raise ConfigError(f"{key}: {value!r} is not possible{hint}")


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


def _check_url(url: object) -> None:
    if not isinstance(url, str) or not url:
        raise ConfigError(f"url: {url!r} is not an address")
    for character in url:
        if (
            character in _URL_FORBIDDEN
            or character in _BIDI_CONTROLS
            or not character.isprintable()
            or character == " "
        ):
            raise ConfigError(f"url: {_shown(character)} may not stand in an address: {url!a}")
    match = _SCHEME.match(url)
    scheme = match[1].lower() if match else ""
    if match is None or scheme not in {"http", "https", "mailto"}:
        found = (
            f"the scheme {scheme!r} is not one of http, https, mailto" if match else f"there is no scheme in {url!r}"
        )
        raise ConfigError(f"url: {found}")
    rest = url[match.end() :]
    if scheme == "mailto":
        mail = _MAIL_REST.fullmatch(rest)
        if mail is None or not _is_host(mail["host"]):
            raise ConfigError(f"url: {url!r} is not mailto: and one e-mail address")
        return
    web = _WEB_REST.fullmatch(rest)
    if web is None or not web["authority"]:
        raise ConfigError(f"url: there is no host in {url!r}")
    if "@" in web["authority"]:
        raise ConfigError(f"url: a user name before the host hides where {url!r} leads")
    authority = _AUTHORITY.fullmatch(web["authority"])
    if authority is None or not _is_host(authority["host"]) or int(authority["port"] or 0) > 65535:
        raise ConfigError(f"url: {web['authority']!r} is not a host")


def _is_host(host: str) -> bool:
    return host.startswith("[") or host.lower() == "localhost" or _HOST.fullmatch(host) is not None


def _check_text(text: object) -> None:
    if not isinstance(text, str):
        raise ConfigError(f"text: {text!r} is not a text")
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _BIDI_SPANS:
            raise ConfigError(f"text: {_shown(character)} may not stand in the text: {text!a}")
    if not any(unicodedata.category(character)[0] not in "ZC" for character in text):
        raise ConfigError(f"text: {text!a} is blank")


def _shown(character: str) -> str:
    """Name a character for a message, visibly."""
    if character == " ":
        return "a space"
    if character.isprintable():
        return character
    return unicodedata.name(character, "").lower() or f"U+{ord(character):04X}"
