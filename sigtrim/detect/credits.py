"""Tell the credits of other people from links of a list: "Music by ...", "Guest: Ada Moss", "Thanks to ...".

A credit names who has made or lent something. It stays, wherever its link leads.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sigtrim.detect.phrases import find_phrases, is_word
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from sigtrim.detect.links import Link
    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.flow import Piece

__all__ = ["is_credit", "is_full_name"]

_REACH = 160  # characters in front of a link that may say what it is
_SENTENCE_END = lazy(r"[.!?…。！？|•·](?=\s)")
# "Photo by", "Filmed by", and "Featuring" in front of names.
_LEADS_TO_PERSON = lazy(
    r"(?:\w\W+(?:by|par|por|von|di|door|av|af|przez)|\b(?:featuring|feat|ft|starring))\W*\Z", re.IGNORECASE
)
_WORDS_BEHIND = 10
_NAME_WORDS = 4
_ASKING = frozenset(["follow", "network", "subscribe", "like", "opener", "channel", "own"])


def is_credit(link: Link, registry: Registry) -> bool:
    """Tell whether a link stands behind a role and names a person, and not the place where to find one.

    >>> from sigtrim.detect.links import collect_links
    >>> from sigtrim.detect.platforms import registry
    >>> from sigtrim.parse.flow import lay_out
    >>> from sigtrim.parse.html import parse
    >>> document = parse('<p>Music by <a href="https://soundcloud.com/ada">Ada</a>')
    >>> [is_credit(link, registry()) for link in collect_links(document, lay_out(document), registry())]
    [True]
    """
    text = link.text.strip()
    if not text or any(piece.kind != "text" for piece in link.pieces):
        return False
    if registry.match_label(text, weak=True) or registry.match_words(text) or registry.match_url(text):
        return False
    lead = _lead(link.pieces[0])
    if not lead:
        return False
    hits = find_phrases(lead)
    kinds = {hit.kind for hit in hits}
    if kinds & _ASKING:
        return False
    if "thanks" in kinds:
        return True
    for hit in hits:
        behind = lead[hit.end :]
        if hit.kind != "credit" or len(behind.split()) > _WORDS_BEHIND:
            continue
        if _LEADS_TO_PERSON.search(lead[hit.start : hit.end]):
            return True
        if behind.lstrip()[:1] in (":", "：") and is_full_name(text):
            return True
    return False


def _lead(piece: Piece) -> str:
    """Return what stands on a line in front of a piece, from the beginning of its sentence."""
    pieces = piece.line.pieces
    lead = ""
    for at in range(piece.line.index(piece) - 1, -1, -1):
        if len(lead) > _REACH:
            break
        if pieces[at].kind != "text":
            break
        lead = pieces[at].text + lead
    lead = lead[-_REACH:]
    ends = [match.end() for match in _SENTENCE_END.finditer(lead)]
    return lead[ends[-1] :] if ends else lead


def is_full_name(text: str) -> bool:
    """Tell whether a text may be the full name of a person or a company: two to four words with a capital letter.

    Particles do not count.

    >>> [is_full_name(text) for text in ("Ada van der Berg", "Bank of Ada", "Ada", "Watch us")]
    [True, True, False, False]
    """
    words = [word for word in text.split() if word[0].isupper() or not is_word(word, "particle")]
    return 1 < len(words) <= _NAME_WORDS and all(word[0].isupper() for word in words)
