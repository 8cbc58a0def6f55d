"""In captions: what `keep` and `protect` spare and why, and which line is an earlier call to action."""

from __future__ import annotations

import pytest

from sigtrim import CallToAction, Rewriter, Rules

NEXT = CallToAction("https://example.org/book", "Book a call", previous=("https://example.com/guide",))
CALL = "Book a call: https://example.org/book"
LINES = {
    "instagram": "Instagram: https://instagram.com/acme\n",
    "x": "X: https://x.com/acme\n",
    "patreon": "Patreon: https://www.patreon.com/acme\n",
    "mastodon": "Mastodon: https://mastodon.example/@acme\n",
}
CAPTION = "How we measured it.\n\n" + "".join(LINES.values())


@pytest.mark.parametrize(
    ("rules", "stays"),
    [
        (Rules(), {}),
        # A part of a host's name is no host, and another case no text.
        (Rules(keep=frozenset({"atreon.com"})), {}),
        (Rules(protect=("patreon: ",)), {}),
        (Rules(keep=frozenset({"x"})), {"x": "keep x"}),
        (Rules(keep=frozenset({"patreon.com"})), {"patreon": "keep patreon.com"}),
        (Rules(keep=frozenset({"www.patreon.com"})), {"patreon": "keep www.patreon.com"}),
        (Rules(keep=frozenset({"funding"})), {"patreon": "keep funding"}),
        (Rules(keep=frozenset({"funding", "x"})), {"x": "keep x", "patreon": "keep funding"}),
        (Rules(protect=("Patreon: ",)), {"patreon": "protect Patreon:"}),
        (Rules(protect=("nothing", "/@acme"), keep=frozenset({"mastodon"})), {"mastodon": "protect /@acme"}),
    ],
)
def test_what_the_rules_spare(rules: Rules, stays: dict[str, str]) -> None:
    rewrite = Rewriter(rules=rules).rewrite(CAPTION, format="text")
    expected = "How we measured it.\n" + ("\n" if stays else "") + "".join(LINES[one] for one in LINES if one in stays)
    assert rewrite.output == expected
    assert {one.platform: one.reason for one in rewrite.kept} == stays


@pytest.mark.parametrize(
    "caption",
    [
        "Read https://example.com/guide first\n",
        "Guide: https://example.com/guide https://example.org/x\n",
        "Guide https://example.com/guide\n",
        "Guide: https://example.com/guide (new)\n",
        "Guide: https://example.net/guide\n",
        "Website: https://www.example.com\n",
        "Contact: ada@example.com\n",
    ],
)
def test_another_line_is_no_earlier_call_to_action(caption: str) -> None:
    output = Rewriter(cta=NEXT).rewrite(f"Ada\n\n{caption}", format="text").output
    assert isinstance(output, str)
    assert caption in output
    assert CALL in output


@pytest.mark.parametrize("line", ["Guide: https://example.com/guide", "The guide: https://example.com/guide?x=1#y"])
def test_an_earlier_call_to_action_is_replaced(line: str) -> None:
    assert Rewriter(cta=NEXT).rewrite(f"Ada\n\n{line}\n", format="text").output == f"Ada\n\n{CALL}\n"
