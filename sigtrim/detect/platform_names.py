"""Names of platforms as people and files write them: labels, alt texts, icon files, classes, placeholders.

Pure text work; `sigtrim.detect.platforms` brings the tables of names.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

__all__ = [
    "class_tokens",
    "compact",
    "icon_chunks",
    "is_unspaced",
    "normalize",
    "path_segments",
    "placeholder_words",
    "strip_affixes",
    "words",
]

_IGNORED = re.compile(r"[^\w+]|_")
_WORD = re.compile(r"[^\W_]+\+?")
_FORMAT_CHARACTERS = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")


def normalize(text: str) -> str:
    """Return the text with compatibility forms, case and invisible characters levelled (UAX 15, NFKC).

    >>> normalize("𝗧𝗶𝗸𝗧𝗼𝗸")
    'tiktok'
    """
    if text.isascii():
        return text.lower()
    return _FORMAT_CHARACTERS.sub("", unicodedata.normalize("NFKC", text).casefold())


def compact(text: str) -> str:
    """Return the letters, digits and plus signs of a text, levelled: "T W I T C H" and "Twitch:" become one.

    >>> compact("► T W I T C H:")
    'twitch'
    """
    return _IGNORED.sub("", normalize(text))


def words(text: str) -> list[str]:
    """Return the words of a levelled text, a final plus sign included ("google+")."""
    return _WORD.findall(text)


def is_unspaced(label: str) -> bool:
    """Tell whether a label is in a script that sets words without spaces or glues particles to them (Thai, Hangul, CJK ...)."""
    return any(ord(character) >= 0x0900 for character in label)


# What stands around the name in icon files: forms, colours, sizes, states; also glued to it ("fbicon", "iconfb").
_NOISE = frozenset(
    ["icon", "icons", "ico", "icn", "logo", "logos", "btn", "button", "badge", "glyph", "symbol", "image", "img", "pic", "png", "svg", "jpg", "gif", "webp", "brand", "brands", "mark", "media", "social", "socials", "sociais", "redes", "soc", "net", "network", "signature", "signatures", "sig", "sign", "mail", "email", "footer", "header", "white", "black", "color", "colour", "colored", "colours", "colors", "blue", "red", "green", "grey", "gray", "orange", "pink", "purple", "gold", "dark", "light", "round", "rounded", "circle", "circled", "circular", "square", "squared", "sq", "rnd", "outline", "outlined", "filled", "fill", "solid", "flat", "line", "plain", "small", "large", "big", "mini", "tiny", "medium", "new", "old", "final", "copy", "orig", "original", "default", "hover", "active", "on", "off", "s", "m", "l", "xl", "xs", "v", "a", "b", "c", "x2", "hd", "retina", "shape", "us", "me", "follow", "contact", "my", "our", "your", "the", "f", "p", "g", "h", "in", "transparent", "bg", "border", "custom", "thin", "bold", "regular", "light_", "alt", "left", "right", "top", "app", "web", "site", "page", "link", "links", "linkedin_", "sn", "ic", "r", "i", "original", "trans", "set", "vector", "icons8", "iconfinder", "flaticon", "freepik", "fa", "fab", "fas", "far", "bi"]
)
# Words that turn a name in a file name into something else than an icon of the platform.
_VETO = frozenset(
    ["cover", "banner", "ad", "ads", "advert", "advertising", "campaign", "event", "webinar", "screenshot", "photo", "foto", "post", "story", "reel", "video", "thumb", "thumbnail", "avatar", "headshot", "portrait", "team", "office", "flyer", "poster", "marketing", "sale", "promo", "maps", "map", "calendar", "drive", "meet", "play", "store", "forms", "docs", "translate", "analytics", "chrome", "adwords", "workspace", "pay", "wallet", "search", "certified", "partner", "award"]
)
_AFFIXES = (
    "icons", "icon", "logotype", "logo", "button", "btn", "badge", "social", "round", "circle", "square", "white", "black",
    "grey", "gray", "color", "colour", "blue", "dark", "light", "footer", "signature", "sig", "img", "image", "new", "small", "ico",
)  # fmt: skip
_CHUNK = re.compile(r"[^\W_]+\+?")
_CAMEL = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+\+?|\+")
_SIZE = re.compile(r"(?:\d{1,4}x)?\d{1,6}(?:px|pt|x|dpi|w|h)?|\dx\d?|[a-z]\d{1,3}|\d{1,3}[a-z]|v\d+")
_HASH = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{6,}|[0-9a-f]{8,}")
_EXTENSION = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|ico|bmp|avif|tiff?|emf|wmf|wmz|vml|php|aspx?|html?)\Z", re.IGNORECASE
)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


def icon_chunks(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the telling parts of an image's file name or URL, each with its finer spellings, the noise left out.

    The host, UUIDs, hashes and sizes prove nothing. An empty result means that nothing is left or that a word says the picture
    is no icon of a platform (a cover, a banner, a map).

    >>> icon_chunks("https://cdn.example.com/a/facebook_v1_shape1_b.png")
    (('facebook',),)
    >>> icon_chunks("12794976-051e-4c5f-9d3b-0123456789ab.png")
    ()
    """
    if name[:5].lower() == "data:" or name[:4].lower() == "cid:":
        return ()
    path = name[:2048].strip().partition("?")[0].partition("#")[0].replace("\\", "/").rstrip("/")
    scheme, _, rest = path.rpartition("://")
    if (scheme or path.startswith("//")) and "/" not in rest.lstrip("/"):
        return ()  # a bare host
    segment = unquote(path.rpartition("/")[2])[:200]
    segment = _UUID.sub(" ", _EXTENSION.sub("", segment))
    chunks: list[tuple[str, ...]] = []
    for raw in _CHUNK.findall(segment):
        whole = normalize(raw)
        if whole in _VETO:
            return ()
        spellings = [whole]
        pieces = [normalize(piece) for piece in _CAMEL.findall(raw)]
        if len(pieces) > 1:
            if any(piece in _VETO for piece in pieces):
                return ()
            letters = [piece for piece in pieces if not piece.isdigit() and piece not in ("x", "px")]
            spellings += [strip for strip in ("".join(letters), *letters) if strip and strip != whole]
        bare = strip_affixes(whole)
        if bare and bare != whole:
            spellings.append(bare)
        chunks.append(tuple(dict.fromkeys(spellings)))
    return tuple(chunks)


def strip_affixes(chunk: str) -> str:
    """Return a file name part without "icon", "logo", colours and forms glued to it: "fbicon" becomes "fb"."""
    changed = True
    while changed:
        changed = False
        for affix in _AFFIXES:
            if len(chunk) > len(affix):
                if chunk.endswith(affix):
                    chunk, changed = chunk[: -len(affix)], True
                elif chunk.startswith(affix):
                    chunk, changed = chunk[len(affix) :], True
    return chunk


def is_noise(chunk: str) -> bool:
    """Tell whether a file name part says nothing about a platform: a form, a colour, a size, a counter, a hash."""
    return chunk in _NOISE or _SIZE.fullmatch(chunk) is not None or _HASH.fullmatch(chunk) is not None


_CLASS = re.compile(r"[^\s\"']{1,80}")
_CLASS_PART = re.compile(r"[^-_:./\W]+")


def class_tokens(classes: str) -> list[tuple[str, list[str]]]:
    """Return each class name, lower case, with its parts: "fa-facebook-f" has fa, facebook and f."""
    return [(name, _CLASS_PART.findall(name)) for name in _CLASS.findall(classes[:2000].lower())]


_PLACEHOLDER = re.compile(
    r"\{\{+([^{}]{1,80}+)\}\}+|\$\{([^{}]{1,80}+)\}|#\{([^{}]{1,80}+)\}|\{%?([^{}%]{1,80}+)%?\}"
    r"|<%[=-]?([^%<>]{1,80}+)%>|%%([^%]{1,80}+)%%|%([A-Za-z][\w .-]{0,60}+)%"
    r"|\[\[?([^\[\]]{1,80}+)\]\]?|\$([A-Za-z][\w.-]{0,60}+)\$|\*\|([^|]{1,60}+)\|\*|<<([^<>]{1,60}+)>>|«([^«»]{1,60}+)»"
    r"|__([A-Za-z][A-Za-z0-9-]*+(?:_[A-Za-z0-9-]++)*+)__"
)
_PLACEHOLDER_NOISE = frozenset(
    ["url", "urls", "link", "links", "href", "uri", "address", "user", "users", "username", "handle", "handles", "profile", "profiles", "social", "socials", "media", "network", "account", "accounts", "id", "page", "pages", "name", "my", "our", "your", "the", "company", "contact", "person", "personal", "employee", "sender", "owner", "author", "site", "config", "data", "item", "icon", "image", "img", "logo", "src", "button", "enabled", "show", "has", "if", "end", "each", "with", "is", "field", "fields", "merge", "custom", "text", "value", "insert", "here", "usr", "snippet", "signature", "sig", "org", "organization", "organisation", "channel"]
)


def placeholder_words(value: str) -> tuple[str, ...]:
    """Return the telling words of the placeholders in an attribute value or text, or nothing where there is none.

    >>> placeholder_words("https://{{ user.facebook_url }}"), placeholder_words("%%LinkedIn%%")
    (('facebook',), ('linkedin',))
    """
    text = value[:300]
    if "%7b" in text.lower() or "%5b" in text.lower():
        text = unquote(text)
    telling: list[str] = []
    for found in _PLACEHOLDER.finditer(text):
        name = next(group for group in found.groups() if group is not None)
        for raw in _CHUNK.findall(name):
            whole = normalize(raw)
            pieces = (
                [whole]
                if whole.isalpha() and (raw.islower() or raw.isupper())
                else [whole, *map(normalize, _CAMEL.findall(raw))]
            )
            telling += [piece for piece in dict.fromkeys(pieces) if piece not in _PLACEHOLDER_NOISE]
    return tuple(telling)


# Path segments of redirects and trackers that may stand beside the name of a platform.
_REDIRECT = frozenset(
    ["links", "link", "go", "goto", "out", "click", "clicks", "redirect", "redir", "follow", "social", "socials", "socialmedia", "social-media", "visit", "to", "open", "track", "tracking", "exit", "jump", "connect", "url", "ref", "share-on", "find-us", "follow-us"]
)


def path_segments(path: str) -> list[str] | None:
    """Return the candidates among the segments of a path that looks like a redirect's, or None for an ordinary page.

    >>> path_segments("/links/facebook"), path_segments("/services/facebook")
    (['facebook'], None)
    """
    segments = [unquote(segment).lower() for segment in path.split("/") if segment]
    if not segments or len(segments) > 5:
        return None
    candidates = []
    for segment in segments:
        bare = _EXTENSION.sub("", segment)
        if bare in _REDIRECT or not bare:
            continue
        candidates.append(bare)
    odd = [s for s in candidates if len(s) > 3 and not any(c.isdigit() for c in s)]
    return candidates if len(odd) <= 1 else None
