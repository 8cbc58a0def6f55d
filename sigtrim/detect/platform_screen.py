"""Tell at a glance whether a document can mention a platform at all, so that most need no closer look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sigtrim.detect.platform_urls import suffixes

if TYPE_CHECKING:
    from sigtrim.detect.platform_names import Names

__all__ = ["Screen"]

_SCREEN_HOST = re.compile(r"//([^\s/\"'<>?#&:]{1,253})")
_SCREEN_TABLE = bytes(c if 97 <= c <= 122 or 48 <= c <= 57 else c + 32 if 65 <= c <= 90 else 32 for c in range(256))
_SCREEN_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
# What the screen of words cannot see: character references, escaped addresses, "G+".
_SCREEN_ESCAPES = ("&#", "%2F%2F", "%2f%2f", "g+", "G+")


class Screen:
    """The words, marks and hosts of which a document that mentions a platform has at least one."""

    __slots__ = ("_bare_hosts", "_hosts", "_marks", "_names", "_words")

    def __init__(self, tables: dict[str, Any], names: Names) -> None:
        fillers = set().union(*tables["words"].values())
        ordinary = {*tables["weak"], *tables["icons_weak"], *fillers}
        found = {*tables["words"]["screen"], *tables["any_suffix"], *tables["open_hosts"], *tables["icons"]}
        found.update(scheme for scheme in tables["schemes"] if scheme not in ordinary)
        # The screen of words sees neither plus signs nor letters beyond ASCII: "google+" is found by "google".
        found.update({part for name in found for part in _ASCII_WORD.findall(name) if len(part) > 1})
        # Of a name of several words one is enough to have a closer look.
        spelled = [key.split() for key in (*tables["strong"], *tables["whole"])]
        spelled += [[head, *rest] for head, entries in tables["text"].items() for _, *rest in entries]
        for words in sorted(spelled, key=len):
            if found.isdisjoint(words):
                found.add(min(words, key=lambda word: (word in fillers, len(word) < 4, word in ordinary, -len(word))))
        short: dict[str, list[str]] = {}
        for host, id_ in tables["hosts"].items():
            if not id_ or not found.isdisjoint(_ASCII_WORD.findall(host)):
                continue
            before, _, ending = host.partition("/")[0].rpartition(".")
            part = before.rpartition(".")[2]
            if len(part) > 3 and part.isalnum() and part not in ordinary:
                found.add(part)
            else:
                short.setdefault(ending, []).append(part)
        # One look-behind a host, tried only after its ending: a bare "t.me/jane" costs nothing where it is not.
        branches = [
            rf"{ending}(?![\w-])(?:{'|'.join(rf'(?<={_either_case(part)}.{ending})' for part in sorted(set(parts)))})"
            for ending, parts in sorted(short.items())
        ]
        pattern = rf"\.(?:{'|'.join(branches)})" if branches else r"(?!)"
        schemes = tuple(f"{scheme}://" for scheme in sorted(tables["schemes"]) if scheme in ordinary)
        self._hosts = tables["hosts"]
        self._names = names
        self._words = frozenset(word.encode() for word in found)
        self._bare_hosts = re.compile(pattern)
        self._marks = (*_SCREEN_ESCAPES, *schemes)

    def lets_through(self, text: str) -> bool:
        """Tell whether a document may hold a mention; False is certain as far as `Registry.may_mention` says."""
        if any(mark in text for mark in self._marks):
            return True
        for host in set(_SCREEN_HOST.findall(text)):
            if any(name in self._hosts for name in suffixes(host.lower().rpartition("@")[2])):
                return True
        if not self._words.isdisjoint(text.encode("utf-8", "surrogatepass").translate(_SCREEN_TABLE).split()):
            return True
        if self._bare_hosts.search(text):
            return True
        return not text.isascii() and self._names.may_name(" ".join(_SCREEN_FOREIGN.findall(text)), self._words)


def _either_case(label: str) -> str:
    return f"[{label[0]}{label[0].upper()}]{re.escape(label[1:])}"
