from __future__ import annotations

import codecs
import pickle
import re
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sigtrim.errors import SourceError
from sigtrim.parse.source import Source, Span, looks_binary

ENCODINGS = [
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-32",
    "cp1252",
    "cp1251",
    "shift_jis",
    "gbk",
    "iso2022_jp",
]


@given(st.binary())
@example(b"\xff\xfe\x00")
@example(b"\xff\xfe\x00\xd8")
@example(b"\xff\xfe\x00\x00\x00\x00\x11\x00")
@example(b"\xef\xbb\xbf\xff")
@example(b"\xef\xbb\xbf\xef\xbb\xbf")
@example(b'<meta charset="gb2312">\xff\xff\r\r\n')
@example(b'<meta charset="iso-2022-jp">\x1b$B$\x1b(B\x1b(B')
@example(b'<meta charset="utf-7">+AGE-')
@example(b'<?xml version="1.0" encoding="rot13"?>\xe9')
def test_every_byte_string_comes_back(data: bytes) -> None:
    assert Source.from_bytes(data).to_bytes() == data


@given(st.text(max_size=80), st.sampled_from(ENCODINGS))
def test_every_declared_document_comes_back(text: str, encoding: str) -> None:
    data = f'<meta charset="{encoding}"><p>{text}</p>\r\n'.encode(encoding, "replace")
    assert Source.from_bytes(data).to_bytes() == data


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        (b"", "", "utf-8"),
        (b"plain", "plain", "utf-8"),
        ("caf\u00e9".encode(), "caf\u00e9", "utf-8"),
        # UTF-8 that says it is something else: a page saved again by an editor
        ('<meta charset="windows-1252">\u00e9'.encode(), '<meta charset="windows-1252">\u00e9', "utf-8"),
        (codecs.BOM_UTF8 + b"a", "a", "utf-8"),
        (codecs.BOM_UTF16_LE + "\u00e9<p>".encode("utf-16-le"), "\u00e9<p>", "utf-16-le"),
        (codecs.BOM_UTF16_BE + "\u00e9<p>".encode("utf-16-be"), "\u00e9<p>", "utf-16-be"),
        (codecs.BOM_UTF32_LE + "\u00e9<p>".encode("utf-32-le"), "\u00e9<p>", "utf-32-le"),
        ("<html><p>\u00e9</p>".encode("utf-16-le"), "<html><p>\u00e9</p>", "utf-16-le"),
        ("<html><p>\u00e9</p>".encode("utf-16-be"), "<html><p>\u00e9</p>", "utf-16-be"),
        (b"<META CHARSET=Latin1>\x80", "<META CHARSET=Latin1>\u20ac", "cp1252"),
        (
            b'<meta http-equiv=Content-Type content="text/html; charset=windows-1251">\xcf',
            '<meta http-equiv=Content-Type content="text/html; charset=windows-1251">\u041f',
            "cp1251",
        ),
        (
            b"<?xml version='1.0' encoding='iso-8859-2'?>\xb1",
            "<?xml version='1.0' encoding='iso-8859-2'?>\u0105",
            "iso8859-2",
        ),
        (b"<meta charset=gb2312>\xc4\xe3", "<meta charset=gb2312>\u4f60", "gbk"),
        (b"<meta charset=shift_jis>\x83\x5c", "<meta charset=shift_jis>\u30bd", "cp932"),
        # every byte is ASCII; read as such, the character would be the tag "<!"
        (b"<meta charset=iso-2022-jp>\x1b$B<!\x1b(B", "<meta charset=iso-2022-jp>\u6b21", "iso2022_jp"),
        (b"smart \x93quotes\x94", "smart \u201cquotes\u201d", "cp1252"),
        # 0x81 has no meaning in windows-1252
        (b"<meta charset=windows-1252>\x81\xff", "<meta charset=windows-1252>\x81\xff", "latin-1"),
        (b"<meta charset=nonsense>\xe9", "<meta charset=nonsense>\u00e9", "cp1252"),
    ],
)
def test_encoding(data: bytes, text: str, encoding: str) -> None:
    source = Source.from_bytes(data, name="x.html")
    assert (source.text, source.encoding, source.name) == (text, encoding, "x.html")
    assert source.to_bytes() == data


def test_line_ends_are_not_translated() -> None:
    assert Source.from_bytes(b"a\r\nb\rc\n").text == "a\r\nb\rc\n"


def test_text_of_another_document_is_encoded_with_the_mark() -> None:
    source = Source.from_bytes(codecs.BOM_UTF16_LE + "a".encode("utf-16-le"))
    assert source.encode("\u00e9") == b"\xff\xfe\xe9\x00"


def test_a_character_that_does_not_fit_is_an_error() -> None:
    source = Source.from_bytes(b"<meta charset=windows-1252>\xe9")
    with pytest.raises(SourceError, match=re.escape(r"'\u4f60' cannot be written in cp1252")):
        source.encode("a\u4f60")


@given(st.text(alphabet="ab\r\n\u2028\U0001f600", max_size=40), st.data())
def test_line_and_column_count_as_editors_do(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    before = re.split(r"\r\n|\r|\n", text[:offset])
    inside_crlf = text[offset - 1 : offset + 1] == "\r\n" if offset else False
    expected = (len(before) - 1, len(before[-2]) + 2) if inside_crlf else (len(before), len(before[-1]) + 1)
    assert Source.from_text(text).line_column(offset) == expected


def test_the_line_index_is_no_part_of_the_value() -> None:
    one, two = Source.from_text("a\nb"), Source.from_text("a\nb")
    one.line_column(2)
    assert one == two
    assert hash(one) == hash(two)
    assert "line_starts" not in repr(one)
    assert pickle.loads(pickle.dumps(one)) == two  # noqa: S301 - made on the same line


@pytest.mark.parametrize(
    ("data", "binary"),
    [
        (b"", False),
        (b"<p>", False),
        (b"\x93\x94\xff", False),
        ("<p>\u00e9</p>".encode("utf-16"), False),
        ("<p>\u00e9</p>".encode("utf-16-le"), False),
        ("<p>\u00e9</p>".encode("utf-32"), False),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", True),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", True),
        (b"<p>\x00</p>", True),
        (codecs.BOM_UTF16_LE + b"\x00\x00\x00", True),
    ],
)
def test_binary(data: bytes, *, binary: bool) -> None:
    assert looks_binary(data) is binary


def test_spans() -> None:
    assert Span(0, 4).contains(Span(0, 4))
    assert not Span(0, 4).contains(Span(0, 5))
    assert not Span(0, 4).overlaps(Span(4, 5))
    assert Span(0, 4).touches(Span(4, 5))
    assert not Span(0, 4).touches(Span(5, 6))


def test_beautiful_soup_is_only_loaded_to_guess() -> None:
    code = (
        "import sys; from sigtrim.parse.source import Source;"
        "Source.from_bytes('\u00e9'.encode()); Source.from_bytes(b'<meta charset=latin1>\\xe9');"
        "print('bs4' in sys.modules); Source.from_bytes(b'\\xe9'); print('bs4' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "True"]
