from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sigtrim.batch.roster import Match, addresses, load_roster
from sigtrim.cli import main
from sigtrim.errors import ConfigError

if TYPE_CHECKING:
    from click.testing import Result

PAGE = (
    '<p>{0}, <a href="mailto:{1}">{1}</a></p>\n<p><a href="https://facebook.com/acme">Facebook</a> | '
    '<a href="https://www.linkedin.com/company/acme">LinkedIn</a> | <a href="https://x.com/acme">X</a></p>\n'
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str, encoding: str = "utf-8") -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


# Reading


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_dialects(encoding: str, delimiter: str, line_end: str) -> None:
    cells = [["E-Mail", "First Name", "note"], ["ada@example.com", "Zoë", '"a ""b"", c;\nd"'], ["", "", ""]]
    text = "".join(delimiter.join(row) + line_end for row in cells)
    (row,) = load_roster(write("team.csv", text, encoding)).rows
    assert (row.line, row.fields) == (3, {"e_mail": "ada@example.com", "first_name": "Zoë", "note": 'a "b", c;\nd'})


def test_the_delimiter_that_a_spreadsheet_declares() -> None:
    (row,) = load_roster(write("team.csv", "sep=;\r\nname;a,b,c\r\nAda;x\r\n")).rows
    assert (row.line, row.fields) == (3, {"name": "Ada", "a,b,c": "x"})


def test_what_a_row_sets() -> None:
    text = (
        "file,cta_url,CTA Text,url,style,keep\n"
        "a,https://example.com/a,Go on,https://example.com/b,,LinkedIn; xing\nb,,,https://example.com/c,button,\n"
    )
    one, two = load_roster(write("team.csv", text)).rows
    assert (one.url, one.text, one.style, one.keep) == (
        "https://example.com/a",
        "Go on",
        None,
        frozenset(["linkedin", "xing"]),
    )
    assert (two.url, two.text, two.style, two.keep) == ("https://example.com/c", None, "button", frozenset())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "team.csv: there is no header"),
        (b"name,Name\n", "team.csv: the column 'name' is there twice"),
        (b"name\nAda,Byrne\n", "team.csv: line 2: 2 cells, the header has 1 columns"),
        (b'name\n"Ada\n', "team.csv: line 2: unexpected end of data"),
        (b"PK\x00\x01", "team.csv: is binary, not a table"),
    ],
)
def test_a_broken_roster(data: bytes, message: str) -> None:
    Path("team.csv").write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        load_roster(Path("team.csv"))
    assert str(caught.value) == message


def test_a_roster_that_is_not_there() -> None:
    with pytest.raises(ConfigError, match=r"missing\.csv: No such file"):
        load_roster(Path("missing.csv"))


# Finding the row


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ("no address", []),
        ("@ a@ @b.example @", []),
        ("Write to Ada@Example.COM.", ["ada@example.com"]),
        ('<a href="mailto:ada@example.com?subject=x">ada&#64;example.com</a>', ["ada@example.com"] * 2),
        ("ada%40example.com ada&commat;example.com ada&#x40;example.com", ["ada@example.com"] * 3),
        ("quoted-printable ada@exa=\r\nmple.com", ["ada@example.com"]),
        ("jürgen@example.com, o'neil+x@mail.example.co.uk", ["jürgen@example.com", "o'neil+x@mail.example.co.uk"]),
    ],
)
def test_addresses(document: str, found: list[str]) -> None:
    assert list(addresses(document)) == found
    assert list(addresses(document.encode())) == found
    if found:
        assert list(addresses(document.encode("utf-16"))) == found or not document.isascii()


@given(st.text(alphabet="a@.&#64; =\n", max_size=60))
def test_addresses_of_anything(text: str) -> None:
    assert all(found.count("@") == 1 for found in addresses(text))


def test_many_at_signs_take_linear_time() -> None:
    assert list(addresses("a" * 200_000 + "@" * 20_000)) == []


TEAM = """file,email,name
berlin/ada.htm,,Ada Byrne
,bob@example.com,Bob Castell
,eve@example.com,Eve Holt
kim.htm,kim@example.com,Kim One
sub/kim.htm,kim2@example.com,Kim Two
,twin@example.com,Twin One
,twin@example.com,Twin Two
"""


@pytest.mark.parametrize(
    ("name", "content", "number"),
    [
        ("berlin/ada.htm", "eve@example.com", 0),
        ("Berlin/ADA.htm", "", 0),
        ("berlin\\ada.htm", "", 0),
        ("x.htm", "mail to BOB@example.com", 1),
        ("bob.htm", "", 1),
        ("bob@example.com.htm", "", 1),
        ("Work (bob@example.com).htm", "", 1),
        ("bob castell.htm", "", 1),
        ("kim.htm", "bob@example.com", 3),
        ("sub/kim.htm", "", 4),
        ("eve.htm", "assistant of bob@example.com, eve@example.com", 2),
    ],
)
def test_the_row_of_a_document(name: str, content: str, number: int) -> None:
    assert load_roster(write("team.csv", TEAM)).find(name, content) == Match(number)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.htm", "nobody@example.com", "no row of the roster fits"),
        ("x.htm", "bob@example.com eve@example.com", "several rows of the roster fit by e-mail addresses: lines 3, 4"),
        ("twin.htm", "", "several rows of the roster fit by name 'twin': lines 7, 8"),
        ("x.htm", "twin@example.com", "several rows of the roster fit by e-mail addresses: lines 7, 8"),
    ],
)
def test_documents_without_one_row(name: str, content: str, reason: str) -> None:
    assert load_roster(write("team.csv", TEAM)).find(name, content) == Match(missing=reason)


# A run with a roster

CTA = ("--cta-url", "https://example.com/meet?by={email}", "--cta-text", "Meet {first_name|us}")


def people() -> None:
    write("in/ada.htm", PAGE.format("Ada", "ada@example.com"))
    write("in/bob.htm", PAGE.format("Bob", "bob@example.com"))
    write(
        "team.csv",
        "email;first_name;cta_url;cta_text;keep\nada@example.com;Ada;;;\n"
        "bob@example.com;;https://example.com/bob;Ask {first_name|Bob};linkedin\nzoe@example.com;Zoe;;;\n",
        "utf-8-sig",
    )


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_each_person_gets_a_call_to_action(jobs: str) -> None:
    people()
    result = run("in", *CTA, "-o", "out", "--roster", "team.csv", "--jobs", jobs, "--require-roster")
    assert result.exit_code == 0
    ada, bob = (Path("out", name).read_text("utf-8") for name in ("ada.htm", "bob.htm"))
    assert 'href="https://example.com/meet?by=ada%40example.com"' in ada
    assert ">Meet Ada<" in ada
    assert "linkedin" not in ada
    assert 'href="https://example.com/bob"' in bob
    assert ">Ask Bob<" in bob
    assert "linkedin.com/company/acme" in bob
    assert "facebook" not in bob
    assert "sigtrim: roster: line 4 (zoe@example.com): no document uses it\n" in result.stderr


def test_people_without_a_row_are_told() -> None:
    people()
    write("in/zed.htm", PAGE.format("Zed", "zed@example.com"))
    cta = ("--cta-url", "https://example.com/meet", "--cta-text", "Meet {first_name|us}")
    result = run("in", *cta, "-o", "out", "--roster", "team.csv", "--summary", "json")
    assert result.exit_code == 0
    assert "sigtrim: in/zed.htm: no row of the roster fits\n" in result.stderr
    assert ">Meet us<" in Path("out/zed.htm").read_text("utf-8")
    summary = json.loads(result.stdout)
    assert (summary["unmatched"], summary["unused_rows"]) == (1, ["line 4 (zoe@example.com)"])


def test_people_without_a_row_can_be_an_error() -> None:
    people()
    page = write("in/zed.htm", PAGE.format("Zed", "zed@example.com"))
    before = page.read_bytes()
    result = run("in", *CTA, "-w", "--roster", "team.csv", "--require-roster")
    assert result.exit_code == 2
    assert result.stderr.count("in/zed.htm: no row of the roster fits") == 1
    assert page.read_bytes() == before
    assert "Meet Ada" in Path("in/ada.htm").read_text("utf-8")


def test_a_missing_field_is_an_error_that_names_it() -> None:
    people()
    result = run("in", "--cta-url", "https://example.com", "--cta-text", "Ask {nickname}", "-w", "--roster", "team.csv")
    assert result.exit_code == 2
    assert "the field 'nickname' is missing" in result.stderr


def test_a_row_that_sets_what_cannot_be_is_an_error_that_names_it() -> None:
    people()
    write("team.csv", "email,cta_url\nada@example.com,javascript:alert(1)\nbob@example.com,\n")
    result = run("in", *CTA, "-w", "--roster", "team.csv")
    assert result.exit_code == 2
    assert "sigtrim: in/ada.htm: team.csv: line 2: url: the scheme 'javascript' is not one of" in result.stderr
    assert "example.com/meet" in Path("in/bob.htm").read_text("utf-8")
    assert "no document uses it" not in result.stderr


def test_a_broken_roster_stops_the_run_before_anything_is_written() -> None:
    people()
    write("team.csv", "email,email\n")
    result = run("in", *CTA, "-o", "out", "--roster", "team.csv")
    assert (result.exit_code, result.stderr) == (2, "sigtrim: team.csv: the column 'email' is there twice\n")
    assert not Path("out").exists()
