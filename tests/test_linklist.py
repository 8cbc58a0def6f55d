"""The multi-platform rule: which mentions make a list, which only go with one, and the reason when there is none."""

from __future__ import annotations

from typing import Any

import pytest

from sigtrim.detect.linklist import LinkList, Mention, find_link_list
from sigtrim.parse.source import Span


def mention(
    platform: str, start: int = 0, end: int | None = None, *, kind: Any = "link", role: Any = "profile"
) -> Mention:
    return Mention(kind, role, platform, Span(start, start + 5 if end is None else end), None, ("host",))


@pytest.mark.parametrize(
    ("mentions", "least", "reason"),
    [
        ([], 2, "no platform is mentioned"),
        ([mention("x", role="content"), mention("facebook", 9, role="content")], 2, "no platform is mentioned"),
        # An icon without a link leads nowhere: it makes no list, neither alone nor beside one platform.
        ([mention("x", kind="icon"), mention("facebook", 9, kind="icon")], 2, "no platform is mentioned"),
        ([mention("x", kind="icon"), mention("facebook", 9)], 2, "one platform only: facebook"),
        ([mention("x"), mention("x", 9), mention("x", 20, role="share")], 2, "one platform only: x"),
        ([mention("x"), mention("facebook", 9, role="content")], 2, "one platform only: x"),
        ([mention("x"), mention("facebook", 9)], 3, "fewer than 3 platforms: facebook, x"),
    ],
)
def test_no_list(mentions: list[Mention], least: int, reason: str) -> None:
    assert find_link_list(mentions, min_platforms=least) == LinkList((), (), reason)


def test_a_list_holds_its_mentions_in_the_order_of_the_text_and_its_platforms_sorted() -> None:
    icon, outer, inner = mention("youtube", 2, kind="icon"), mention("x", 20, 40), mention("facebook", 20, 30)
    share, talk = mention("x", 50, role="share"), mention("vimeo", 30, role="content")
    found = find_link_list(iter([share, outer, talk, inner, icon]), min_platforms=2)
    assert found == LinkList((icon, inner, outer, share), ("facebook", "x"), None)


def test_one_platform_is_a_list_where_one_is_enough() -> None:
    lone = mention("x")
    assert find_link_list([lone], min_platforms=1) == LinkList((lone,), ("x",), None)
    assert find_link_list([mention("x", kind="icon")], min_platforms=1).reason == "no platform is mentioned"
