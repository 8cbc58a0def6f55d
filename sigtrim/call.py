"""The call to action: where it leads, what it says, what it looks like, for whom and when.

A text or an address may hold fields, `{first_name}` or `{first_name|there}`, which `CallToAction.fill` resolves for one
person. Addresses are checked when the call to action is made and again when its fields are filled.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from sigtrim.errors import ConfigError
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["STYLES", "UTM_KEYS", "Button", "CallToAction", "Image", "field_names", "fill_text"]

Style = Literal["link", "button", "vml-button", "image", "template"]
STYLES = ("link", "button", "vml-button", "image", "template")
"""What a call to action can look like."""

UTM_KEYS = ("source", "medium", "campaign", "content", "term", "id")
"""The campaign parameters that analytics tools read: `utm_source` and so on."""

_SCHEME = lazy(r"([A-Za-z][A-Za-z0-9+.-]*):")
# RFC 3986, section 3.2, as far as a link for people needs it; other scripts may stand in a host (RFC 5890).
_WEB_REST = lazy(r"//(?P<authority>[^/?#]*)(?P<tail>.*)", re.DOTALL)
_AUTHORITY = lazy(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]]*)(?::(?P<port>[0-9]{1,5}))?")
_HOST = lazy(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_](?:[\w-]{0,61}[^\W_])?\.?")
_MAIL_REST = lazy(r"[^@?#/]+@(?P<host>[^@?#/]+)(?:\?[^#]*)?")
# RFC 3966, section 3: global numbers and local ones, with visual separators.
_PHONE_REST = lazy(r"\+?[0-9][0-9().-]{2,30}")
# Quotes end an attribute, a backslash is a slash to browsers, the others end or break a link in running text.
_URL_FORBIDDEN = frozenset("\"'`<>\\")
# Unicode Standard Annex 9: these change the order in which the text around them is shown.
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# The two marks and the Arabic letter mark only place the text beside them; right-to-left texts need them.
_BIDI_SPANS = _BIDI_CONTROLS - frozenset("\u061c\u200e\u200f")
_FIELD = lazy(r"\{(?P<literal>\{[^\W\d][\w-]*+(?:\|[^{}]*+)?\})\}|\{(?P<name>[^\W\d][\w-]*+)(?:\|(?P<else>[^{}]*+))?\}")
_COLOR = lazy(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")
_SCHEMES = ("http", "https", "mailto")
_MORE_SCHEMES = ("tel", "sms")
_POSITION = lazy(r"list|start|end|(?:after|before):(?:\"(?P<quoted>[^\"]+)\"|(?P<bare>[^\"].*))")
_QUERY_NAME = lazy(r"[?&;]([^=&;#]*)")
_WIDEST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """The colours of a button, as `#rgb` or `#rrggbb`: of its area and of the text on it.

    >>> Button(color="blue")
    Traceback (most recent call last):
    sigtrim.errors.ConfigError: button.color: 'blue' is not a colour such as '#0a66c2'
    """

    color: str = "#0a66c2"
    text_color: str = "#ffffff"

    def __post_init__(self) -> None:
        for key, value in (("color", self.color), ("text-color", self.text_color)):
            if not isinstance(value, str) or not _COLOR.fullmatch(value):
                raise ConfigError(f"button.{key}: {value!r} is not a colour such as '#0a66c2'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A banner: its https address, its width and height in CSS pixels. Its alternative text is the call's text.

    >>> Image(src="banner.png", width=300, height=60)
    Traceback (most recent call last):
    sigtrim.errors.ConfigError: image.src: there is no scheme in 'banner.png'
    """

    src: str
    width: int
    height: int

    def __post_init__(self) -> None:
        _check_url(_without_fields(self.src), ("https",), "image.src")
        for key, value in (("width", self.width), ("height", self.height)):
            if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _WIDEST:
                raise ConfigError(f"image.{key}: {value!r} is not a number of pixels from 1 to {_WIDEST}")


@dataclass(frozen=True, slots=True)
class CallToAction:
    """The one next step that a document offers after the rewrite.

    Attributes:
        url: an http, https or mailto address.
        text: what the reader sees.
        style: `link`, a text link; `button`, a table of one cell; `vml-button`, with a twin that Outlook draws;
            `image`, a banner; `template`, the HTML in `template`.
        position: `list`, where the link list was; `start` or `end` of the signature; `after:"text"` or `before:"text"`.
        utm: campaign parameters by their names without `utm_`, see `UTM_KEYS`.
        button, image, template: what the style of that name needs; the template is HTML with `{url}`, `{text}`
            and fields.
        previous: addresses of earlier calls to action, by which they are found where a mail client took the marker.
        start, until: the first and the last day of the campaign; None for no limit.
        default: the call to action of all other days.
        schemes: what an address may begin with; `tel` and `sms` can be added.
        common: values for fields that are the same for every person.
        fields: the values that fill in for a template's fields; None where `fill` has not been called yet.

    Raises `ConfigError` if the address or the text could not stand in a document as they are, or the style lacks
    what it needs.

    >>> CallToAction("https://example.com/guide", "Get the free guide")
    CallToAction(url='https://example.com/guide', text='Get the free guide', style='link')
    >>> CallToAction("javascript:alert(1)", "Click")
    Traceback (most recent call last):
    sigtrim.errors.ConfigError: url: the scheme 'javascript' is not one of http, https, mailto

    """

    url: str
    text: str
    style: Style = "link"
    position: str = field(default="list", kw_only=True, repr=False)
    utm: tuple[tuple[str, str], ...] = field(default=(), kw_only=True, repr=False)
    button: Button = field(default_factory=Button, kw_only=True, repr=False)
    image: Image | None = field(default=None, kw_only=True, repr=False)
    template: str | None = field(default=None, kw_only=True, repr=False)
    previous: tuple[str, ...] = field(default=(), kw_only=True, repr=False)
    start: date | None = field(default=None, kw_only=True, repr=False)
    until: date | None = field(default=None, kw_only=True, repr=False)
    default: CallToAction | None = field(default=None, kw_only=True, repr=False)
    schemes: tuple[str, ...] = field(default=_SCHEMES, kw_only=True, repr=False)
    common: tuple[tuple[str, str], ...] = field(default=(), kw_only=True, repr=False)
    fields: tuple[tuple[str, str], ...] | None = field(default=None, kw_only=True, repr=False)

    def __post_init__(self) -> None:
        _set(self, "schemes", _schemes(self.schemes))
        filled = self.fields is not None
        if not isinstance(self.url, str) or filled or not _is_whole_field(self.url):
            _check_url(self.url if filled else _sample_url(self.url), self.schemes, "url", shown=self.url)
        _check_text(self.text if filled else _without_fields(self.text), shown=self.text)
        one_of(self.style, STYLES, "style")
        if not isinstance(self.position, str) or not _POSITION.fullmatch(self.position):
            raise ConfigError(
                f'position: {self.position!r} is not one of list, start, end, after:"text", before:"text"'
            )
        _set(self, "utm", tuple(_utm(self.utm)))
        _set(self, "common", tuple(_pairs(self.common, "common")))
        _check_parts(self)
        previous: object = self.previous
        if isinstance(previous, str) or not isinstance(previous, Iterable):
            raise ConfigError(f"previous: {self.previous!r} is not a list of addresses")
        _set(self, "previous", tuple(previous))
        for url in self.previous:
            if not isinstance(url, str) or (_SCHEME.match(url) is None and not _is_whole_field(url)):
                raise ConfigError(f"previous: {url!r} is not an address")
        if self.style in ("image", "template") and getattr(self, self.style) is None:
            raise ConfigError(f"{self.style}: is missing, the style {self.style!r} needs it")
        for key, day in (("from", self.start), ("until", self.until)):
            if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
                raise ConfigError(f"{key}: {day!r} is not a date such as 2030-01-31")
        if self.start is not None and self.until is not None and self.start > self.until:
            raise ConfigError(f"until: {self.until} is before {self.start}, the first day")

    @property
    def anchor(self) -> str:
        """The text in the position `after:` or `before:`; an empty string for the other positions.

        >>> CallToAction("https://example.com", "Go", position='after:"Ada Example"').anchor
        'Ada Example'
        """
        match = _POSITION.fullmatch(self.position)
        return "" if match is None else match["quoted"] or match["bare"] or ""

    def on(self, day: date) -> CallToAction | None:
        """Return the call to action of a day: this one in its campaign, outside it the default or None.

        >>> campaign = CallToAction("https://example.com/may", "Join us in May", until=date(2030, 5, 31),
        ...                         default=CallToAction("https://example.com/guide", "Get the guide"))
        >>> campaign.on(date(2030, 5, 31)).text, campaign.on(date(2030, 6, 1)).text
        ('Join us in May', 'Get the guide')
        """
        if (self.start is None or self.start <= day) and (self.until is None or day <= self.until):
            if self.default is None:
                return self
            return replace(self, previous=(*self.previous, self.default.url, *self.default.previous))
        if self.default is None:
            return None
        return replace(self.default, previous=(*self.default.previous, self.url, *self.previous)).on(day)

    def fill(self, fields: Mapping[str, str]) -> CallToAction:
        """Resolve the fields for one person, and add the campaign parameters to the address.

        A field is found whatever its case and whether its words are joined by spaces, hyphens or underscores. In an
        address a value is percent-encoded, unless the address begins with the field, which then is an address of its
        own. One that is filled already comes back as it is. Raises `ConfigError`, which names the field, if
        a field without a fallback is missing or blank, and if what comes out cannot stand in a document.

        >>> CallToAction("https://example.com/?by={id}", "Meet {first_name|me}").fill({"ID": "a b"}).url
        'https://example.com/?by=a%20b'
        """
        if self.fields is not None:
            return self
        given = [*self.common, *fields.items()]
        texts = ((_field_key(name), " ".join(str(value).split())) for name, value in given if value is not None)
        values = {name: text for name, text in texts if text}
        for name in () if self.template is None else field_names(self.template):
            if name not in ("url", "text"):
                fill_text(f"{{{name}}}", values, str, "template")
        url = _fill_url(self.url, values, "url")
        image = self.image
        if image is not None:
            image = Image(src=_fill_url(image.src, values, "image.src"), width=image.width, height=image.height)
        utm = tuple((key, fill_text(value, values, str, f"utm.{key}").lower()) for key, value in self.utm)
        return replace(
            self,
            url=_with_utm(url, utm),
            text=fill_text(self.text, values, str, "text"),
            utm=(),
            image=image,
            previous=tuple(_fill_known(self.previous, values)),
            default=None if self.default is None else self.default.fill(fields),
            fields=tuple(sorted(values.items())),
        )


def field_names(text: str) -> tuple[str, ...]:
    """Return the fields of a text that have no fallback, in order.

    >>> field_names("{first_name} {title|-} {{no_field}}")
    ('first_name',)
    """
    return tuple(match["name"] for match in _FIELD.finditer(text) if match["name"] and match["else"] is None)


def fill_text(text: str, values: Mapping[str, str], escape: Callable[[str], str], key: str) -> str:
    """Replace the fields of a text by their values, each put through `escape`; a doubled brace gives a literal one.

    `values` has its names in lower case with underscores. Raises `ConfigError`, which begins with `key`, for a field
    that is missing.

    >>> fill_text("{name}, {{name}}, {job|nobody}", {"name": "Ada"}, str.upper, "text")
    'ADA, {name}, NOBODY'
    """

    def value(match: re.Match[str]) -> str:
        if match["literal"]:
            return match["literal"]
        found = values.get(_field_key(match["name"])) or match["else"]
        if found is None:
            known = ", ".join(sorted(values)) or "none"
            raise ConfigError(f"{key}: the field {match['name']!r} is missing (known: {known})")
        return escape(found)

    return _FIELD.sub(value, text)


def one_of(value: object, allowed: tuple[str, ...], key: str) -> None:
    """Raise ConfigError if a value is none of those allowed."""
    if value in allowed:
        return
    hint = did_you_mean(value, allowed) if isinstance(value, str) else f" (known: {', '.join(allowed)})"
    raise ConfigError(f"{key}: {value!r} is not possible{hint}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown word: the nearest known one, else all of them."""
    import difflib  # noqa: PLC0415 - only needed for a message

    known = tuple(known)
    close = difflib.get_close_matches(word.lower().replace("_", "-"), known, n=1)
    return f", did you mean {close[0]!r}?" if close else f" (known: {', '.join(known)})"


def _set(cta: CallToAction, name: str, value: object) -> None:
    object.__setattr__(cta, name, value)


def _field_key(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", str(name).strip().lower())


def _is_whole_field(url: str) -> bool:
    match = _FIELD.match(url)
    return match is not None and bool(match["name"])


def _without_fields(text: object) -> object:
    """Return a text with a letter in the place of each field, so that the rest can be checked."""
    return _FIELD.sub(lambda match: match["literal"] or "x", text) if isinstance(text, str) else text


def _sample_url(url: object) -> object:
    """Return an address with a sample in the place of each field: an e-mail address or a number where one is due."""
    if not isinstance(url, str):
        return url
    scheme = url.partition(":")[0].lower()
    head, mark, query = url.partition("?")
    sample = {"mailto": "x" if "@" in head else "x@example.com", "tel": "5550100", "sms": "5550100"}.get(scheme, "x")
    return _FIELD.sub(lambda match: match["literal"] or sample, head) + mark + str(_without_fields(query))


def _fill_url(url: str, values: Mapping[str, str], key: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415 - only where a document is rewritten

    match = _FIELD.match(url)
    first = ""
    if match is not None and match["name"]:
        first, url = fill_text(match[0], values, str, key), url[match.end() :]
    # The recipients of mailto: are addresses, all else is a component of the address.
    head, mark, query = url.partition("?") if url.lower().startswith("mailto:") else ("", "", url)
    head = fill_text(head, values, lambda value: quote(value, safe="@"), key)
    return first + head + mark + fill_text(query, values, lambda value: quote(value, safe=""), key)


def _fill_known(urls: Iterable[str], values: Mapping[str, str]) -> Iterable[str]:
    """Fill addresses of earlier campaigns; one whose field this person lacks cannot have been theirs."""
    for url in urls:
        try:
            yield _fill_url(url, values, "previous")
        except ConfigError:
            continue


def _with_utm(url: str, utm: Iterable[tuple[str, str]]) -> str:
    """Add campaign parameters before the fragment; a parameter that the address has already stays as it is."""
    from urllib.parse import quote, unquote  # noqa: PLC0415 - as in _fill_url

    if not url.lower().startswith(("http://", "https://")):
        return url
    base, hash_mark, fragment = url.partition("#")
    known = {unquote(name).lower() for name in _QUERY_NAME.findall(base)}
    for key, value in utm:
        if value and f"utm_{key}" not in known:
            joint = "" if base.endswith(("?", "&")) else "&" if "?" in base else "?"
            base += f"{joint}utm_{key}={quote(value, safe='')}"
    return base + hash_mark + fragment


def _utm(utm: object) -> Iterable[tuple[str, str]]:
    for key, value in _pairs(utm, "utm"):
        if key not in UTM_KEYS:
            raise ConfigError(f"utm.{key}: unknown key{did_you_mean(str(key), UTM_KEYS)}")
        if not isinstance(value, str) or not value.strip():
            raise ConfigError(f"utm.{key}: {value!r} is not a text")
        yield key, value.strip()


def _pairs(values: object, key: str) -> Iterable[tuple[str, Any]]:
    pairs = values.items() if isinstance(values, Mapping) else values
    if isinstance(pairs, (str, bytes)) or not isinstance(pairs, Iterable):
        raise ConfigError(f"{key}: {values!r} is no table of names and values")
    for pair in pairs:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not isinstance(pair[0], str):
            raise ConfigError(f"{key}: {pair!r} is not a name and a value")
        yield pair[0], pair[1]


def _check_parts(cta: CallToAction) -> None:
    """Raise ConfigError for a part that is of another type than its own."""
    for key, kind in (("button", Button), ("image", Image), ("template", str), ("default", CallToAction)):
        value = getattr(cta, key)
        if not isinstance(value, kind) and (value is not None or kind is Button):
            raise ConfigError(f"{key}: {value!r} is no {kind.__name__}")


def _schemes(schemes: object) -> tuple[str, ...]:
    if isinstance(schemes, (str, bytes)) or not isinstance(schemes, Iterable):
        raise ConfigError(f"schemes: {schemes!r} is not a list of strings")
    found = tuple(schemes)
    for scheme in found:
        one_of(scheme, (*_SCHEMES, *_MORE_SCHEMES), "schemes")
    return found


def _check_url(  # noqa: C901 - one condition a part of an address
    url: object, schemes: tuple[str, ...], key: str, *, shown: object = None
) -> None:
    if not isinstance(url, str) or not url:
        raise ConfigError(f"{key}: {url!r} is not an address")
    for character in url:
        if (
            character in _URL_FORBIDDEN
            or character in _BIDI_CONTROLS
            or not character.isprintable()
            or character == " "
        ):
            raise ConfigError(f"{key}: {_shown(character)} may not stand in an address: {(shown or url)!a}")
    match = _SCHEME.match(url)
    scheme = match[1].lower() if match else ""
    if match is None or scheme not in schemes:
        found = (
            f"the scheme {scheme!r} is not one of {', '.join(schemes)}" if match else f"there is no scheme in {url!r}"
        )
        raise ConfigError(f"{key}: {found}")
    rest = url[match.end() :]
    if scheme == "mailto":
        mail = _MAIL_REST.fullmatch(rest)
        if mail is None or not _is_host(mail["host"]):
            raise ConfigError(f"{key}: {url!r} is not mailto: and one e-mail address")
        return
    if scheme in _MORE_SCHEMES:
        if not _PHONE_REST.fullmatch(rest):
            raise ConfigError(f"{key}: {url!r} is not {scheme}: and one number")
        return
    web = _WEB_REST.fullmatch(rest)
    if web is None or not web["authority"]:
        raise ConfigError(f"{key}: there is no host in {url!r}")
    if "@" in web["authority"]:
        raise ConfigError(f"{key}: a user name before the host hides where {url!r} leads")
    authority = _AUTHORITY.fullmatch(web["authority"])
    if authority is None or not _is_host(authority["host"]) or int(authority["port"] or 0) > 65535:
        raise ConfigError(f"{key}: {web['authority']!r} is not a host")


def _is_host(host: str) -> bool:
    return host.startswith("[") or host.lower() == "localhost" or _HOST.fullmatch(host) is not None


def _check_text(text: object, *, shown: object) -> None:
    if not isinstance(text, str):
        raise ConfigError(f"text: {text!r} is not a text")
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _BIDI_SPANS:
            raise ConfigError(f"text: {_shown(character)} may not stand in the text: {shown!a}")
    if not any(unicodedata.category(character)[0] not in "ZC" for character in text):
        raise ConfigError(f"text: {shown!a} is blank")


def _shown(character: str) -> str:
    """Name a character for a message, visibly."""
    if character == " ":
        return "a space"
    if character.isprintable():
        return character
    return unicodedata.name(character, "").lower() or f"U+{ord(character):04X}"
