from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrim import CallToAction, Rewriter, Rules, formats
from sigtrim.formats import rtf
from sigtrim.formats.rtf_tokens import scan
from sigtrim.formats.rtf_view import view

CTA = CallToAction("https://example.com/guide?a=1&b=2", "Get the \u2192 {{free}} guide \U0001f600")
REWRITER = Rewriter(cta=CTA)
LIST = (
    r'{\field{\*\fldinst HYPERLINK "https://github.com/acme-example"}{\fldrslt \ul GitHub}} | '
    r'{\field{\*\fldinst{HYPERLINK "https://x.com/acme_example" \\o "tip"}}{\fldrslt{\ul\cf2 X}}}'
)

ATOMS = st.one_of(
    st.sampled_from(
        ["a", "bc ", " | ", "<b>&", "\\'fc", "\\'", "\\u8211?", "\\u-10179?\\u-8704?", "\\uc2 ", "\\u252 ??"]
    ),
    st.sampled_from(
        ["{", "}", "{\\b ", "\\par ", "\\line ", "\\cell ", "\\row ", "\\intbl ", "\\trowd ", "\\pard ", "\n"]
    ),
    st.sampled_from(
        ["\\sect ", "\\nestcell ", "\\bin3 {}\\", "\\bin99 ", "\\~", "\\", "{\\pict 00}", "{\\fldrslt x}", "\xe9"]
    ),
    st.sampled_from(["{\\*\\bkmkstart sigtrim_cta}", "{\\*\\bkmkend sigtrim_cta}", "\\f1 ", "\\ansicpg932 ", "\\'83"]),
    st.sampled_from(
        [LIST, "{\\field{\\*\\fldinst HYPERLINK}{\\fldrslt y}}", "\\trowd \\intbl x\\cell " + LIST + "\\cell\\row "]
    ),
)


def shown(data: bytes) -> str:
    """What an independent reader sees."""
    striprtf: Any = pytest.importorskip("striprtf.striprtf")
    text = striprtf.rtf_to_text(data.decode("latin-1"), encoding="cp1252")
    assert isinstance(text, str)
    return text


def seen(data: bytes) -> str:
    return "".join(item.html for item in view(scan(data.decode("latin-1"))))


def test_noop_links_in_skipped_destinations_are_not_seen() -> None:
    data = (r"{\rtf1{\info{\doccomm " + LIST + r"}}{\*\unknown " + LIST + "}Ada}").encode()
    result = rtf.rewrite(Rewriter(), data)
    assert (result.output, result.changed, result.kept) == (data, False, ())
    assert seen(data) == "<p>Ada</p>"


def test_noop_one_platform_stays() -> None:
    data = rb'{\rtf1 {\field{\*\fldinst HYPERLINK "https://github.com/acme-example"}{\fldrslt GitHub}}\par}'
    assert rtf.rewrite(Rewriter(), data).output == data


def test_text_is_read_in_its_code_page() -> None:
    fonts = rb"{\fonttbl{\f0\fcharset204 A;}{\f1\fcharset128 B;}}"
    document = rb"{\rtf1\ansi\ansicpg1251" + fonts + rb"\'c0\'e4\'e0 {\f1 \'83\'65} \u8364\'80 \uc0\u233 x}"
    assert seen(document) == "<p>&#1040;&#1076;&#1072; &#12486; &#8364; &#233;x</p>"


def test_a_link_list_becomes_one_field_between_bookmarks() -> None:
    data = (r"{\rtf1\ansi Ada\par Follow us: " + LIST + r"\par +41 44 555 01 42\par}").encode()
    result = rtf.rewrite(REWRITER, data)
    assert isinstance(result.output, bytes)
    output = result.output.decode("ascii")
    assert output.startswith(r"{\rtf1\ansi Ada\par {\*\bkmkstart sigtrim_cta}{\field{\*\fldinst{HYPERLINK ")
    assert output.endswith(r"{\*\bkmkend sigtrim_cta}\par +41 44 555 01 42\par}")
    assert r'"https://example.com/guide?a=1&b=2"' in output
    assert r"Get the \u8594? \{free\} guide \u-10179?\u-8704?" in output
    assert seen(result.output).count('data-sigtrim="cta"') == 1
    assert "Get the" in shown(result.output)
    assert "GitHub" not in shown(result.output)
    assert rtf.rewrite(REWRITER, result.output).output == result.output


def test_another_call_to_action_takes_the_place_of_the_first() -> None:
    data = (r"{\rtf1\ansi Ada\par " + LIST + r"\par +41 44 555 01 42\par}").encode()
    first = rtf.rewrite(Rewriter(cta=CallToAction("https://example.com/old", "Old")), data)
    assert isinstance(first.output, bytes)
    again = rtf.rewrite(REWRITER, first.output)
    assert isinstance(again.output, bytes)
    assert again.output.count(b"HYPERLINK") == 1
    assert b"Old" not in again.output


def test_a_link_around_what_stays_is_unwrapped_without_letting_its_formatting_out() -> None:
    data = (
        r'{\rtf1 {\field{\*\fldinst HYPERLINK "https://facebook.com/acme.example"}{\fldrslt \b +41 44 555 01 42}}\par '
        + LIST
        + "}"
    ).encode()
    result = rtf.rewrite(Rewriter(), data)
    assert isinstance(result.output, bytes)
    assert b"HYPERLINK" not in result.output or b"facebook" in result.output
    assert b"+41 44 555 01 42" in result.output
    assert scan(result.output.decode("ascii"))


def test_groups_that_hold_only_formatting_go_and_bookmarks_stay() -> None:
    data = (
        r"{\rtf1 Ada\par {\b {\i Follow us: }}{\*\bkmkstart _MailAutoSig}" + LIST + r"{\*\bkmkend _MailAutoSig}\par x}"
    ).encode()
    result = rtf.rewrite(Rewriter(), data)
    assert isinstance(result.output, bytes)
    assert rb"{\b" not in result.output
    assert rb"{\*\bkmkstart _MailAutoSig}" in result.output
    assert rb"{\*\bkmkend _MailAutoSig}" in result.output


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (rb"{\rtf1 " + LIST.encode(), "1 groups are not closed"),
        (rb"{\rtf1 " + LIST.encode() + rb"\'zz}", "stray backslash"),
        (rb"{\rtf1 " + LIST.encode() + b"} more", "behind its end"),
        (rb"{\rtf1 " + LIST.encode() + rb"\bin900 }", "reaches past the end"),
        (b"Ada", "does not begin with"),
    ],
)
def test_malformed_files_come_back_with_the_reason(data: bytes, reason: str) -> None:
    result = rtf.rewrite(REWRITER, data)
    assert result.output == data
    assert result.skipped is not None
    assert reason in result.skipped


@given(st.lists(ATOMS, max_size=30).map("".join))
def test_tokens_partition_any_document_and_the_items_stand_in_order(text: str) -> None:
    data = ("{\\rtf1 " + text + "}").encode("latin-1")
    result = rtf.rewrite(Rewriter(rules=Rules(min_platforms=1000)), data)
    assert result.output == data
    if result.skipped is None:
        source = scan(data.decode("latin-1"))
        assert "".join(source.text[token.start : token.end] for token in source.tokens) == source.text
        places = [item.start for item in view(source) if item.start < item.end and item.kind != "/link"]
        assert places == sorted(places)


@given(st.lists(ATOMS, max_size=30).map("".join))
def test_any_document_is_rewritten_cleanly_or_left(text: str) -> None:
    data = ("{\\rtf1 " + text + "}").encode("latin-1")
    result = formats.rewrite(REWRITER, data, format="rtf")
    assert isinstance(result.output, bytes)
    if result.skipped is not None:
        assert result.output == data
        return
    assert scan(result.output.decode("latin-1"))
    again = formats.rewrite(REWRITER, result.output, format="rtf")
    assert again.output == result.output


def test_deep_nesting_takes_no_recursion() -> None:
    deep = rb"{\rtf1 " + b"{" * 50_000 + b"x" + b"}" * 50_000 + b"}"
    assert rtf.rewrite(Rewriter(), deep).output == deep


def test_what_is_no_signature_any_more_is_left_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    data = (r"{\rtf1\ansi Ada\par " + LIST + r"\par}").encode()
    monkeypatch.setattr("sigtrim.formats.rtf_tokens._MOST_TOKENS", 20)
    result = rtf.rewrite(REWRITER, data)
    assert (result.output, result.skipped) == (
        data,
        "is too large for a signature: more than 20 control words and texts",
    )


def test_a_button_is_written_as_a_link() -> None:
    data = (r"{\rtf1\ansi Ada\par " + LIST + r"\par}").encode()
    button = CallToAction("https://example.com/guide", "Get it", style="button")
    result = formats.rewrite(Rewriter(cta=button), data, format="rtf")
    assert result.skipped is None
    assert isinstance(result.output, bytes)
    assert result.output == rtf.rewrite(Rewriter(cta=CallToAction("https://example.com/guide", "Get it")), data).output


def test_the_fields_of_a_person_are_filled_in() -> None:
    data = (r"{\rtf1\ansi Ada\par " + LIST + r"\par}").encode()
    personal = CallToAction("https://example.com/by/{id}", "Meet {first_name}")
    result = formats.rewrite(Rewriter(cta=personal), data, format="rtf", fields={"id": "7", "first name": "Zo\u00eb"})
    assert isinstance(result.output, bytes)
    assert rb"Meet Zo\u235?" in result.output
    assert b"https://example.com/by/7" in result.output


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        ("Ada\\\nByrne", "<p>Ada</p><p>Byrne</p>"),  # a backslash before a line end is \\par
        ("\\'81", "<p>&#65533;</p>"),
        ("{\\*\\shppict{\\pict 00}}\n{\\nonshppict{\\pict 00}}", '<p><img src="cid:picture"></p>'),
        (
            r'{\field{\*\fldinst HYPERLINK "https://a.example/J\'f6rg/\u233?a\uc2\u-10179 ?x\u-8704??b"}{\fldrslt X}}',
            '<p><a href="https://a.example/J&#246;rg/&#233;a&#128512;b">X</a></p>',
        ),
    ],
)
def test_what_writers_write_in_odd_ways(inside: str, says: str) -> None:
    assert seen(f"{{\\rtf1 {inside}}}".encode()) == says


def test_a_call_to_action_with_an_address_of_any_script_is_known_again() -> None:
    data = (r"{\rtf1 Ada\par " + LIST + r"\par}").encode()
    rewriter = Rewriter(cta=CallToAction("https://example.com/f\u00fcr/\U0001f600?x=1", "Go"))
    result = rtf.rewrite(rewriter, data)
    assert (result.changed, result.skipped) == (True, None)
    assert isinstance(result.output, bytes)
    assert rtf.rewrite(rewriter, result.output).output == result.output
    assert 'href="https://example.com/f&#252;r/&#128512;?x=1"' in seen(result.output)
