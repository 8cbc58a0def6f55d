"""The platform registry: what a URL, a label, an icon or a placeholder points to.

The facts stand in `sigtrim/data/platforms.toml`; `registry()` loads their compact form once. A `Registry` never
changes: `Registry.extended` returns a new one. Every look-up takes any text, raises nothing and takes linear time.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sigtrim.data import load
from sigtrim.detect.platform_hosts import Hosts, Role, UrlMatch
from sigtrim.detect.platform_marks import Marks
from sigtrim.detect.platform_names import LabelHit, Names
from sigtrim.detect.platform_urls import parse_address
from sigtrim.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sigtrim.detect.platform_screen import Screen

__all__ = ["LabelHit", "Platform", "Registry", "Role", "UrlMatch", "registry"]


class Platform(NamedTuple):
    """What is known of one platform; the fields are those of `[[platforms]]` in `sigtrim.toml`.

    `hosts` are registrable names or sub-hosts, each with all its sub-domains; `other_hosts` never count. `profile`,
    `content` and `share` are path templates ({h} a segment, {n} digits, * anything), asked in the order share, content,
    profile; on a host of the platform any other path counts as a profile, unless `strict` is set. `labels` name the
    platform in any text, `labels_whole` only as the whole text, `labels_weak` only beside other evidence; `icons` and
    `icons_weak` do so for image file names.
    """

    id: str
    name: str = ""
    category: str = ""
    hosts: tuple[str, ...] = ()
    other_hosts: tuple[str, ...] = ()
    host_kind: tuple[tuple[str, str], ...] = ()
    open_hosts: tuple[str, ...] = ()
    profile: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    share: tuple[str, ...] = ()
    reserved: tuple[str, ...] = ()
    strict: bool = False
    any_suffix: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    labels_whole: tuple[str, ...] = ()
    labels_weak: tuple[str, ...] = ()
    handle: str = ""
    icons: tuple[str, ...] = ()
    icons_weak: tuple[str, ...] = ()
    icon_classes: tuple[str, ...] = ()

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Platform:
        """Read a `[[platforms]]` table; ConfigError names a key that is not known.

        >>> Platform.from_table({"id": "acmebook", "hosts": ["acmebook.example"]}).hosts
        ('acmebook.example',)
        """
        facts: dict[str, Any] = {
            key.replace("-", "_"): tuple(value) if isinstance(value, list) else value for key, value in table.items()
        }
        for key in facts:
            if key not in cls._fields:
                raise ConfigError(f"platforms: {table.get('id', '?')}: {key.replace('_', '-')} is not a known key")
        return cls(**facts)


_T = TypeVar("_T")
_REMEMBERED = 8192
_REMEMBERED_LENGTH = 600

_lock = threading.Lock()
_builtin: Registry | None = None


def registry() -> Registry:
    """Return the built-in registry; it is loaded once.

    >>> registry().match_url("https://www.linkedin.com/in/jane-doe")
    UrlMatch(platform='linkedin', role='profile', host='linkedin.com', why='host linkedin.com, path /in/{h}')
    """
    global _builtin  # noqa: PLW0603 - the one cache of the one built-in registry
    if _builtin is None:
        with _lock:
            if _builtin is None:
                _builtin = Registry(load("platforms"))
    return _builtin


class Registry:
    """Platforms and every way to recognise them; make one with `registry()` or `Registry.extended`."""

    __slots__ = ("_hosts", "_marks", "_memory", "_names", "_screen", "_tables", "_users")

    def __init__(self, tables: dict[str, Any], users: tuple[Platform, ...] = ()) -> None:
        self._tables = tables
        self._users = users
        self._screen: Screen | None = None
        self._hosts = Hosts(tables)
        self._names = Names(tables)
        self._marks = Marks(tables)
        # A team's signatures hold the same links, icons and labels again and again.
        self._memory: dict[tuple[str, str], Any] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restore, (self._users,))

    def __iter__(self) -> Iterator[Platform]:
        """Iterate over the platforms, sorted by id."""
        return map(self.platform, self.ids)

    def __len__(self) -> int:
        return len(self._tables["platforms"])

    def __contains__(self, id: object) -> bool:  # noqa: A002 - the word of the data
        return id in self._tables["platforms"]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all platforms, sorted."""
        return tuple(sorted(self._tables["platforms"]))

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories in use, sorted."""
        return tuple(sorted(set(map(self.category, self._tables["platforms"]))))

    def platform(self, id: str) -> Platform:  # noqa: A002 - the word of the data
        """Return the platform of this id; KeyError for an unknown one.

        >>> registry().platform("x").name
        'X (Twitter)'
        """
        facts = self._facts(id)
        known: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in facts.items()
        }
        known["host_kind"] = tuple(sorted(facts.get("host_kind", {}).items()))
        return Platform(id=id, **known)

    def category(self, id: str) -> str:  # noqa: A002 - the word of the data
        """Return the category of the platform of this id; KeyError for an unknown one.

        >>> registry().category("spotify")
        'audio'
        """
        packed: str = self._tables["platforms"][id]
        return packed.split("|", 2)[1]

    def _recall(self, find: Callable[[str], _T], text: str) -> _T:
        """Return what a look-up finds, from memory if the same was asked before."""
        key = (find.__name__, text)
        if key in self._memory:
            known: _T = self._memory[key]
            return known
        value = find(text)
        if len(text) <= _REMEMBERED_LENGTH:
            if len(self._memory) >= _REMEMBERED:
                self._memory = {}
            self._memory[key] = value
        return value

    def _facts(self, id_: str) -> dict[str, Any]:
        from sigtrim.detect.registry_data import unpack  # noqa: PLC0415 - shared with the generator, which the import must not cost

        return unpack(self._tables["platforms"][id_])

    def extended(self, platforms: Iterable[Platform]) -> Registry:
        """Return a registry with these platforms as well.

        A known id adds its lists to what is built in and replaces the single values that it gives; a host that is kept
        by default becomes the platform's. ConfigError names platform and key of a bad value or another platform's.

        >>> mine = registry().extended([Platform("acmebook", "AcmeBook", "social", hosts=("acmebook.example",))])
        >>> mine.match_url("https://acmebook.example/jane").platform
        'acmebook'
        """
        from sigtrim.detect.registry_data import build_tables, check_platform, merge_platform  # noqa: PLC0415 - only where users add platforms

        added = tuple(platforms)
        merged = {id_: self._facts(id_) for id_ in self._tables["platforms"]}
        kept = dict(self._tables["kept"])
        shorteners = dict(self._tables["shorteners"])
        for platform in added:
            facts = merge_platform(merged.get(platform.id), platform)
            check_platform({"id": platform.id, **facts})
            # Last, so that a clash is reported as the user's.
            merged.pop(platform.id, None)
            merged[platform.id] = facts
            for host in platform.hosts:
                kept.pop(host, None)
                shorteners.pop(host, None)
        tables = build_tables(
            merged, kept=kept, shorteners=shorteners, reserved=self._tables["reserved"], words=self._tables["words"]
        )
        return Registry(tables, (*self._users, *added))

    # --- URLs -------------------------------------------------------------------------------------------------------

    def match_url(self, url: str) -> UrlMatch | None:
        """Return what a URL points to, or None for anything but a platform.

        None is for own sites, kept hosts, help and sign-up pages, image servers.

        The URL is unescaped and unwrapped already; broken and scheme-less ones are understood.

        >>> registry().match_url("httpss://vk.com/acme").role
        'profile'
        >>> registry().match_url("https://youtu.be/abc").role
        'content'
        >>> registry().match_url("https://calendly.com/acme") is None
        True
        """
        return self._recall(self._hosts.match, url)

    def is_foreign(self, host: str) -> bool:
        """Tell whether a host, in lower case, is none of a platform and not kept, whatever path stands behind it.

        >>> registry().is_foreign("example.com"), registry().is_foreign("www.google.com")
        (True, False)
        """
        return self._hosts.is_foreign(host)

    def kept_category(self, url: str) -> str | None:
        """Return why a host is never a platform ("booking", "map", "own_site" ...), or None.

        >>> registry().kept_category("https://maps.app.goo.gl/abc")
        'map'
        """
        return self._recall(self._hosts.kept_category, url)

    def is_shortener(self, url: str) -> bool:
        """Tell whether the target of a URL is not in it, so that its label or icon must decide.

        >>> registry().is_shortener("https://bit.ly/abc"), registry().is_shortener("https://example.com/abc")
        (True, False)
        """
        return self._recall(self._hosts.is_shortener, url)

    def match_path(self, url: str) -> str | None:
        """Return the platform that the path of an own-domain redirect or a tracker names as a whole segment.

        >>> registry().match_path("https://acme.example/links/facebook")
        'facebook'
        >>> registry().match_path("https://acme.example/services/facebook-ads") is None
        True
        """
        return self._recall(self._match_path, url)

    def _match_path(self, url: str) -> str | None:
        address = parse_address(url)
        return None if address is None or address.scheme else self._marks.path(address.path)

    # --- names ------------------------------------------------------------------------------------------------------

    def match_label(self, text: str, *, weak: bool = False) -> str | None:
        """Return the platform of which the whole text is a name; `weak` also accepts the likes of "f", "in" and "Line".

        Bullets, brackets, emoji and colons around it, spaced and stylised letters, and the words of "our ... page" do
        not matter.

        >>> known = registry()
        >>> known.match_label("► T W I T C H:"), known.match_label("my Instagram page"), known.match_label("in")
        ('twitch', 'instagram', None)
        >>> known.match_label("in", weak=True)
        'linkedin'
        """
        return self._recall(self._names.weak_label if weak else self._names.strong_label, text)

    @property
    def label_words(self) -> frozenset[str]:
        """The words of which labels are made, with those that may stand around a name, levelled."""
        return self._names.label_words

    def labels_in(self, text: str) -> tuple[LabelHit, ...]:
        """Return every place in a longer text where a strong label names a platform; offsets are into that text.

        Names inside addresses, e-mail addresses, @handles and #hashtags do not count.

        >>> for hit in registry().labels_in("Find us on Facebook & YouTube, not #tiktok"):
        ...     print(hit)
        LabelHit(start=11, end=19, platform='facebook')
        LabelHit(start=22, end=29, platform='youtube')
        """
        return self._names.labels_in(text)

    def match_words(self, text: str) -> str | None:
        """Return the platform that an alt text, title or aria-label names, if it names exactly one.

        >>> known = registry()
        >>> known.match_words("Follow us on Facebook"), known.match_words("logo x"), known.match_words("mail")
        ('facebook', 'x', None)
        """
        return self._recall(self._names.words, text)

    def match_icon(self, name: str, *, weak: bool = True) -> str | None:
        """Return the platform that an image's file name or URL shows; hosts, UUIDs, hashes and sizes prove nothing.

        `weak` also accepts a name that is short or a common word, such as "in.png" and "pin.png".

        >>> registry().match_icon("https://cdn.example.com/img/linkedin_2x.png"), registry().match_icon("08_icon_x.jpg")
        ('linkedin', 'x')
        >>> registry().match_icon("facebook-event-cover.jpg") is None
        True
        >>> registry().match_icon("pin.png"), registry().match_icon("pin.png", weak=False)
        ('pinterest', None)
        """
        strong = self._recall(self._marks.strong_icon, name)
        return strong if strong is not None or not weak else self._recall(self._marks.icon, name)

    def match_classes(self, classes: str) -> str | None:
        """Return the platform that a class attribute shows (Font Awesome, Bootstrap Icons ...), if exactly one.

        >>> registry().match_classes("fab fa-linkedin-in"), registry().match_classes("bi bi-x")
        ('linkedin', None)
        """
        return self._recall(self._marks.classes, classes)

    def match_placeholder(self, value: str) -> str | None:
        """Return the platform that the placeholders of a template name, if exactly one.

        >>> registry().match_placeholder("{{facebook_url}}"), registry().match_placeholder("$LinkedIn$")
        ('facebook', 'linkedin')
        """
        return self._recall(self._marks.placeholder, value)

    # --- the screen -------------------------------------------------------------------------------------------------

    def may_mention(self, text: str) -> bool:
        """Tell whether a document may hold anything that the look-ups here would find.

        False is certain, but for names in letters that are spaced out or formatted one by one, and for weak names that
        are ordinary words ("in", "x") in running text: these prove nothing alone. True is a guess.

        >>> registry().may_mention("<p>Jane Doe, Acme Inc.</p>"), registry().may_mention("<p>Find us on Facebook</p>")
        (False, True)
        """
        if self._screen is None:
            from sigtrim.detect.platform_screen import Screen  # noqa: PLC0415 - built at the first question

            self._screen = Screen(self._tables, self._names, self._marks)
        return self._screen.lets_through(text)


def _restore(users: tuple[Platform, ...]) -> Registry:
    return registry().extended(users) if users else registry()
