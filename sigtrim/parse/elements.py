"""What a parsed HTML document is: its elements, and the tokens that they lie over."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from sigtrim.parse.source import Span
from sigtrim.parse.tokens import attribute_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sigtrim.parse.tokens import PlainToken

__all__ = ["Document", "Element"]


class Element:
    """One element: its start tag, its end tag where the source has one, its parent and children.

    Pseudo elements stand for conditional comments: `!hidden` and `!revealed`. The root is `!root`.

    Attributes:
        name: the lower-case tag name.
        start, start_end: where the start tag stands.
        end_start, end: where the end tag stands; both are where the content ends if there is none.
        closed: the end tag is in the source and nothing crosses the element's border, so that
            removing `text[start:end]` leaves no half element behind.
        first, last: indexes of the start tag's token and of the token behind the last one inside.
        within: of its own name and the names around it those that decide what may stand here: links, cells, lists,
            headings, conditions. Asking it costs the same however deep the element lies.

    """

    __slots__ = (
        "_attributes",
        "children",
        "closed",
        "end",
        "end_start",
        "first",
        "last",
        "name",
        "parent",
        "start",
        "start_end",
        "text",
        "within",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - one a tag is made: keywords would cost time
        self,
        name: str,
        parent: Element | None,
        first: int,
        start: int,
        start_end: int,
        text: str,
        within: frozenset[str],
    ) -> None:
        self.name = name
        self.parent = parent
        self.children: list[Element] = []
        self.first = first
        self.last = first
        self.start = start
        self.start_end = start_end
        self.end_start = start_end
        self.end = start_end
        self.closed = False
        self.text = text
        self._attributes: Mapping[str, str] | None = None
        self.within = within

    def __repr__(self) -> str:
        return f"<{self.name} {self.start}:{self.end}{'' if self.closed else ' open'}>"

    @property
    def span(self) -> Span:
        """From the start tag to the end of the end tag."""
        return Span(self.start, self.end)

    @property
    def start_tag(self) -> Span:
        """Where the start tag stands."""
        return Span(self.start, self.start_end)

    @property
    def end_tag(self) -> Span | None:
        """Where the end tag stands, or None if the source has none."""
        return Span(self.end_start, self.end) if self.end > self.end_start else None

    @property
    def attributes(self) -> Mapping[str, str]:
        """Decoded attribute values by lower-case name."""
        if self._attributes is None:
            if self.name[0] == "!":
                self._attributes = {}
            else:
                self._attributes = attribute_values(self.text, self.start, self.start_end)
        return self._attributes

    def path(self) -> list[Element]:
        """Return this element and all elements around it, the root last."""
        path = [self]
        while path[-1].parent is not None:
            path.append(path[-1].parent)
        return path

    def get(self, name: str) -> str:
        """Return an attribute's decoded value, or an empty string."""
        values = self._attributes
        return (self.attributes if values is None else values).get(name, "")


class Document:
    """A text, its tokens, and the element tree over them.

    Attributes:
        owners: for each token the element that it lies in; for a start or end tag the element itself.
        depth: how deep the elements are nested.
        links: the elements that can be links, in the order of the text: `<a>`, `<area>`, `<button>`, VML shapes.
        names: the names of all elements but void ones.
        irregular: where a browser would do more than to nest: crossed elements, the elements around stray end tags,
            and those that hold in a table what does not belong there.

    """

    __slots__ = ("_starts", "depth", "irregular", "links", "names", "owners", "root", "text", "tokens")

    def __init__(  # noqa: PLR0913 - made in one place
        self,
        text: str,
        tokens: list[PlainToken],
        root: Element,
        *,
        owners: list[Element],
        links: list[Element],
        irregular: list[Element],
        names: frozenset[str],
        depth: int,
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.root = root
        self.owners = owners
        self.links = links
        self.irregular: tuple[Element, ...] = tuple(irregular)
        self.names = names
        self.depth = depth
        self._starts: list[int] | None = None

    @property
    def end(self) -> int:
        """Where the text ends, or where the markup begins that its end cuts off: what is added behind is lost in it.

        >>> from sigtrim.parse.html import parse
        >>> parse("<p>Hi <b").end, parse("<p>Hi</p><!-- note -->").end
        (6, 22)
        """
        if not self.tokens:
            return 0
        kind, start, end, name = self.tokens[-1]
        if kind == "text":
            return self.tokens[-2][1] if name else end
        is_comment = self.text.startswith("<!--", start) and kind == "comment"
        return end if self.text.endswith(("-->", "--!>") if is_comment else ">") else start

    def token_at(self, offset: int) -> int:
        """Return the index of the token that holds the character at `offset`.

        >>> from sigtrim.parse.html import parse
        >>> parse("<b>x</b>").token_at(3)
        1
        """
        if self._starts is None:
            self._starts = [token[1] for token in self.tokens]
        at = bisect_right(self._starts, offset) - 1
        return at if at > 0 else 0  # noqa: FURB136 - asked dozens of times a document: a call of max() would cost time
