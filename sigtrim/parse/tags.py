"""What there is to know of a tag by its name: what it closes, where it may stand, whether it has content.

After https://html.spec.whatwg.org/multipage/parsing.html#tree-construction and
https://html.spec.whatwg.org/multipage/syntax.html#void-elements.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "BARRIERS",
    "BLOCKS",
    "CELLS",
    "CLOSES_P",
    "FORMATTING",
    "HEADINGS",
    "ITEMS",
    "LISTS",
    "NO_TRAITS",
    "OPTIONAL_END",
    "PREFIXED",
    "ROWS",
    "SIBLINGS",
    "TABLE_PARTS",
    "TABLE_SECTIONS",
    "TRAITS",
    "VOID",
    "Traits",
]


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


BLOCKS = _words(
    "address article aside blockquote body caption center col colgroup dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup html legend li main menu nav ol optgroup"
    " option p pre search section summary table tbody td tfoot th thead tr ul"
)
HEADINGS = _words("h1 h2 h3 h4 h5 h6")
VOID = _words("area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr")
FORMATTING = _words("a b big code em font i nobr s small strike strong tt u")
TABLE_PARTS = _words("caption table tbody td tfoot th thead tr")
TABLE_SECTIONS = _words("tbody tfoot thead")
ITEMS = _words("dd dt li")
LISTS = ("dl", "menu", "ol", "ul")
# A browser moves what else stands directly in these out of the table:
# https://html.spec.whatwg.org/multipage/parsing.html#foster-parent
ROWS = _words("table tbody tfoot thead tr")
_ROW_CONTENT = _words("caption col colgroup form input script style tbody td template tfoot th thead tr")
CELLS = _words("caption td th")
BARRIERS = CELLS | _words("table !hidden")
OPTIONAL_END = _words("colgroup dd dt li optgroup option p rp rt tbody td tfoot th thead tr")
# What closes an open paragraph: https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inbody
CLOSES_P = _words(
    "address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p plaintext pre search section summary ul xmp"
)
SIBLINGS = {
    "li": ("li",),
    "dd": ("dd", "dt"),
    "dt": ("dd", "dt"),
    "option": ("option",),
    "td": ("td", "th"),
    "th": ("td", "th"),
    "tr": ("td", "th", "tr"),
    "tbody": ("td", "th", "tr", "tbody", "thead", "tfoot", "caption", "colgroup"),
    "thead": ("td", "th", "tr", "tbody", "thead", "tfoot", "caption", "colgroup"),
    "tfoot": ("td", "th", "tr", "tbody", "thead", "tfoot", "caption", "colgroup"),
}
# Where a part of a table belongs, nothing that it closes is open.
_HOMES = {
    **dict.fromkeys(("td", "th"), _words("tr")),
    "tr": _words("table tbody tfoot thead"),
    **dict.fromkeys(("tbody", "tfoot", "thead"), _words("table")),
}

_LINKS = _words("a area button")
_NOTHING: frozenset[str] = frozenset()
_TRACKED = _words(
    "!hidden !revealed a button form h1 h2 h3 h4 h5 h6 head li pre select svg table td textarea th title tr"
)


class Traits(NamedTuple):
    """What there is to know of a start tag by its name."""

    closes: tuple[str, ...] = ()  # the open elements that it may close, but for a part of a table in its `homes`
    homes: frozenset[str] = _NOTHING
    fits_rows: bool = False  # it may stand in a table outside of the cells
    is_link: bool = False
    is_void: bool = False
    is_foreign: bool = False  # it has no content where it ends with a slash
    is_barrier: bool = False  # end tags do not reach beyond it
    is_tracked: bool = False  # `Element.within` tells of it


def _traits_of(name: str) -> Traits:
    closes = (*SIBLINGS.get(name, ()), *(["p"] if name in CLOSES_P or name == "table" else []))
    return Traits(
        ("a",) if name == "a" else closes,
        _HOMES.get(name, _NOTHING),
        name in _ROW_CONTENT,
        name in _LINKS,
        name in VOID,
        name == "svg",
        name in BARRIERS,
        name in _TRACKED,
    )


_NAMED = frozenset([*SIBLINGS, *CLOSES_P, *_ROW_CONTENT, *_LINKS, *VOID, *BARRIERS, *_TRACKED])
TRAITS = {name: _traits_of(name) for name in _NAMED}
NO_TRAITS = Traits()
PREFIXED = Traits(is_link=True, is_foreign=True)  # "v:shape", "o:p"
