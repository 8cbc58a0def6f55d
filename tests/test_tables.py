from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from sigtrim.batch.cells import read_table, replace_cell, value_of
from sigtrim.cli import main
from sigtrim.errors import SourceError
from sigtrim.parse.source import Span
from sigtrim.rewrite.edits import Edit, apply

if TYPE_CHECKING:
    from click.testing import Result

LIST = '<p>Zoë "Z"</p>\n<a href="https://facebook.com/a">f</a>, <a href="https://x.com/a">X</a>'
CLEAN = "<p>Nobody; nowhere, nothing</p>"
CTA = ("--cta-url", "https://example.com/guide", "--cta-text", "Get the free guide")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [*arguments, "--summary", "none"], input=stdin)


def rewrite(data: bytes, *arguments: str, column: str = "signature", name: str = "t.csv") -> bytes:
    Path(name).write_bytes(data)
    result = run(name, "--column", column, *arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout_bytes


def quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""'))


# Nothing happens

ROUND = [
    b"signature\r\n",
    b"signature",
    b"\xef\xbb\xbfid,signature\r\n1,\r\n2\r\n\r\n3,x,y,z",
    b'a;signature;b\r\n"1";"x ""y""";" z"\r\n1;"";\'\r\n',
    b"sep=;\r\na;signature\r\n1;x\r\n",
    b"a\tsignature\r1\tx\r2\ty\r",
    b'id,signature\n1,"two\r\nlines"\n2,"bare \r here"\n3,x "y" z\n4,"odd" end\n',
    b"id,signature\n1,caf\xe9\n2,caf\xc3\xa9\n",
    "id;signature\r\n1;\u6771\u4eac \U0001f600\r\n".encode("utf-16"),
]
ROUND.append(b'{"signature": "x", "n": 1.50, "n": [1, {"a":"}"}]}\r\n\r\n  {"signature":null}')
ROUND.append(b'{"a":true,"signature":"\\u00e9\\/"}')


@pytest.mark.parametrize("data", ROUND, ids=range(len(ROUND)))
def test_a_table_without_lists_comes_out_as_it_is(data: bytes) -> None:
    path = Path("t.jsonl" if data.startswith(b"{") else "t.csv")
    assert rewrite(data, "--no-cta", name=path.name) == data
    before = path.stat()
    assert run(path.name, "--column", "signature", "--no-cta", "-w", "--backup", ".bak").exit_code == 0
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert not Path(f"{path.name}.bak").exists()
    assert run("-", "--column", "signature", "--no-cta", stdin=data).stdout_bytes == data


@given(
    st.lists(st.lists(st.text(alphabet='ab,;\t\r\n "é東', max_size=6), min_size=2, max_size=2), max_size=6),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\r\n", "\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_cells_are_what_the_standard_library_reads(
    rows: list[list[str]], delimiter: str, line_end: str, quoting: int, encoding: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([["id", "signature"], *rows])
    text = out.getvalue()
    data = text.encode(encoding)
    table, records = read_table(io.BytesIO(data), ["id", "signature"])
    found = list(records)
    assert table.mark + b"".join(table.encode(record.text) for record in found) == data
    values = [[value_of(record, cell) for cell in record.cells] for record in found[1:]]
    # The standard library has no cells in a blank line, this one has one that is empty.
    expected = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[1:]
    assert [row for row in values if row != [""]] == [row for row in expected if row not in ([], [""])]


@given(st.text(max_size=30), st.text(alphabet='é"\\\n<b>/', max_size=6), st.data())
@example('a"b\\c\U0001f600/d', '"', None)
def test_a_json_value_is_edited_in_place(value: str, content: str, data: st.DataObject | None) -> None:
    start = data.draw(st.integers(0, len(value))) if data is not None else 1
    end = data.draw(st.integers(start, len(value))) if data is not None else 6
    edits = [Edit.deletion(Span(start, end))] if start < end else []
    edits += [Edit.insertion(start, content)] if content else []
    for ascii_only in (True, False):
        line = json.dumps({"a": 1, "signature": value, "z": "/"}, ensure_ascii=ascii_only)
        raw = line.replace("/", "\\/").encode("utf-8", "surrogatepass")
        _, records = read_table(io.BytesIO(raw), ["signature"], kind="jsonl")
        try:
            (record,) = records
        except UnicodeDecodeError:
            return
        (cell,) = record.cells
        if value_of(record, cell) != value:  # half a pair of surrogates has no form in UTF-8
            return
        done = apply(record.text, [replace_cell(record, cell, edits)]).encode("latin-1").decode("utf-8")
        assert json.loads(done) == {"a": 1, "signature": apply(value, edits), "z": "/"}
        assert done.startswith('{"a": 1, "signature": "')
        assert done.endswith(', "z": "\\/"}')


# Signatures are rewritten


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_only_the_signature_changes(encoding: str, line_end: str) -> None:
    head = f'sig_id;"signature" ;"no te"{line_end}'.replace('"signature" ', "signature")
    row = '007;{};" spaced ";=1+1;"a""b"' + line_end
    before = head + row.format(quoted(LIST)) + row.format(quoted(CLEAN))
    after = rewrite(before.encode(encoding), *CTA).decode(encoding)
    start, end = after[: len(head) + 4], after[-len(row.format("")) :]
    assert start == before[: len(head) + 4]
    assert "facebook" not in after
    assert after.count("https://example.com/guide") == 2
    assert '<p>Zoë ""Z""</p>' in after
    assert after.count(';" spaced ";=1+1;"a""b"' + line_end) == 2
    assert end.endswith(line_end)


def test_a_byte_of_another_encoding_far_down_stays() -> None:
    cell = quoted(LIST.replace("Zoë", "Zo")).encode()
    far = b"id,signature\n" + b"1,caf\xc3\xa9\n" * 10_000 + cell.replace(b'"<p>Zo', b'2,"<p>Zo\xeb') + b"\n"
    after = rewrite(far, "--no-cta")
    assert after.endswith(b'2,"<p>Zo\xeb ""Z""</p>\n"\n')


def test_an_unquoted_cell_stays_so_while_it_can() -> None:
    tsv = 'id\tsignature\n1\t<a href="https://facebook.com/a">f</a> <a href="https://x.com/a">X</a> Ada\n'
    after = rewrite(tsv.encode(), *CTA, name="t.tsv").decode()
    assert after.startswith("id\tsignature\n1\t<")
    assert 'href="https://example.com/guide"' in after
    assert after.endswith("Ada\n")
    text = b"id,signature\n1,Ada\n"
    assert rewrite(text, *CTA) == b'id,signature\n1,"Ada\nGet the free guide: https://example.com/guide"\n'


def test_json_lines() -> None:
    line = json.dumps({"user": "ada", "signature": LIST, "n": 1.0}).replace("</", "<\\/")
    after = rewrite(f"{line}\r\n".encode(), *CTA, name="t.jsonl").decode()
    assert json.loads(after)["signature"].count("https://example.com/guide") == 1
    assert after.startswith('{"user": "ada", "signature": "<p>Zo\\u00eb \\"Z\\"<\\/p>')
    assert after.endswith('", "n": 1.0}\r\n')


def test_several_columns_with_formats() -> None:
    caption = "Follow me on https://instagram.com/acme and https://x.com/acme"
    data = f"post,caption,signature\n1,{quoted(caption)},{quoted(LIST)}\n"
    Path("t.csv").write_bytes(data.encode())
    result = run("t.csv", "--column", "caption:text", "--column", "Signature:html", *CTA)
    (row,) = csv.DictReader(io.StringIO(result.stdout, newline=""))
    assert row["caption"] == "Get the free guide: https://example.com/guide"
    assert 'href="https://example.com/guide"' in row["signature"]
    assert row["post"] == "1"


def test_the_format_of_all_columns_can_be_given() -> None:
    data = b"signature,caption:text,x:html\na <b>b</b>,,\n"
    assert b"Get the free guide: https" in rewrite(data, *CTA, "--format", "text")
    assert b"<a href" in rewrite(data, *CTA)
    result = run("t.csv", "--column", "signature", "--format", "eml", *CTA)
    assert (result.exit_code, result.stderr) == (2, "sigtrim: --column takes --format html or text, not eml\n")


def test_a_table_without_column_is_not_taken_for_html() -> None:
    data = f"id,signature\n1,{quoted(LIST)}\n".encode()
    Path("t.csv").write_bytes(data)
    result = run("t.csv", "--output", "out.csv", *CTA)
    assert result.exit_code == 2
    assert result.stderr == "sigtrim: t.csv: is a table, --column names what is rewritten in it\n"
    assert Path("out.csv").read_bytes() == data
    assert run("t.csv", "--format", "html", *CTA).exit_code == 0


def test_a_table_that_fails_is_copied_as_it_is() -> None:
    data = b'id,signature\n1,"<p>never closed\n'
    Path("t.csv").write_bytes(data)
    result = run("t.csv", "--column", "signature", "--output", "out/", *CTA)
    assert (result.exit_code, Path("out/t.csv").read_bytes()) == (2, data)


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_in_place_with_backup_and_report(jobs: str) -> None:
    data = ("id,signature\n" + "".join(f"{at},{quoted(LIST)}\n" for at in range(50))).encode()
    Path("in").mkdir()
    Path("in/t.csv").write_bytes(data)
    Path("in/page.html").write_bytes(LIST.encode())
    arguments = ("in", "--column", "signature", *CTA, "-w", "--backup", ".bak", "--report", "r.jsonl", "--jobs", jobs)
    assert run(*arguments).exit_code == 0
    assert Path("in/t.csv.bak").read_bytes() == data
    assert Path("in/t.csv").read_bytes().count(b"https://example.com/guide") == 50
    assert Path("in/page.html").read_bytes() == LIST.encode()
    names = [json.loads(line)["name"] for line in Path("r.jsonl").read_text("ascii").splitlines()]
    assert names == [f"in/t.csv:{2 + 2 * at}" for at in range(50)]
    assert run("in", "--column", "signature", *CTA, "--check").exit_code == 0


def test_a_cell_that_fails_stays_and_the_others_go_on() -> None:
    Path("t.csv").write_bytes(f"id,signature\n1,{quoted(LIST)}\n2,caf\xe9\n".encode("latin-1"))
    result = run(
        "t.csv", "--column", "signature:text", "--cta-url", "https://example.com", "--cta-text", "読む", "-o", "o.csv"
    )
    assert result.exit_code == 2
    assert "sigtrim: t.csv:4: the encoding of the table, latin-1, has no '読'\n" in result.stderr
    assert Path("o.csv").read_bytes().endswith(b"2,caf\xe9\n")


def test_the_roster_finds_people_by_the_other_cells() -> None:
    users = ("ada@example.com", "bob@example.com", "zoe@example.com")
    rows = "".join(f"{user},{quoted(LIST)}\n" for user in users)
    Path("t.csv").write_bytes(f"User,signature\n{rows}".encode())
    Path("team.csv").write_bytes(b"mail,first_name\nada@example.com,Ada\nbob@example.com,Bob\n")
    cta = ("--cta-url", "https://example.com/guide", "--cta-text", "Meet {first_name|us all}")
    result = run("t.csv", "--column", "signature", *cta, "--roster", "team.csv")
    texts = [row["signature"] for row in csv.DictReader(io.StringIO(result.stdout, newline=""))]
    assert [text.partition('"cta">')[2].partition("<")[0] for text in texts] == ["Meet Ada", "Meet Bob", "Meet us all"]
    assert "sigtrim: t.csv:6: no row of the roster fits\n" in result.stderr


# Errors: one line, nothing half-written


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty, there is no header"),
        (b"a,b\n1,2\n", "there is no column 'signature', only 'a', 'b'"),
        (b"signature,signature\n", "the column 'signature' is there 2 times"),
        (b'a,signature\n1,"open\n2,x\n', "line 2: the record does not end; is a quotation mark missing?"),
        (b"a,signature\n\x00", "is binary, not a table"),
        (b'{"signature": 1}\n{"signature" 2}\n', "line 2: is no JSON object"),
        (b'{"signature": "x"\n', "line 1: is no JSON object"),
        (b'{"signature": "x"} x\n', "line 1: is no JSON object"),
        (b'{"a": "x"}\n', "no record has 'signature'"),
    ],
)
def test_broken_tables(data: bytes, message: str) -> None:
    Path("t.csv" if not data.startswith(b"{") else "t.jsonl").write_bytes(data)
    name = "t.csv" if not data.startswith(b"{") else "t.jsonl"
    Path("other.csv").write_bytes(f"signature\n{quoted(LIST)}\n".encode())
    result = run(name, "other.csv", "--column", "signature", *CTA, "-w")
    assert (result.exit_code, result.stderr) == (2, f"sigtrim: {name}: {message}\n")
    assert Path(name).read_bytes() == data
    assert b"https://example.com/guide" in Path("other.csv").read_bytes()


def test_a_record_that_never_ends_is_not_taken_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    import sigtrim.batch.cells as module

    monkeypatch.setattr(module, "_LONGEST_RECORD", 1 << 20)
    _, records = read_table(io.BytesIO(b'signature\n"' + b"x" * (8 << 20)), ["signature"])
    with pytest.raises(SourceError, match="line 2: the record does not end"):
        list(records)


def test_a_long_record_and_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    import sigtrim.batch.cells as module

    monkeypatch.setattr(module, "_CHUNK", 7)
    monkeypatch.setattr(module, "_SNIFFED", 16)
    data = f"id,signature\r\n1,{quoted(LIST * 30)}\r\n2,x\r\n\r\n3,é\r\n".encode()
    table, records = read_table(io.BytesIO(data), ["signature"])
    assert b"".join(table.encode(record.text) for record in records) == data


def test_an_interrupted_table_is_left_as_it_was() -> None:
    from sigtrim.batch.files import FileWork
    from sigtrim.batch.inputs import TABLES, Inputs
    from sigtrim.batch.outcome import Wanted
    from sigtrim.batch.personal import Settings
    from sigtrim.batch.tables import Column, Flow, run_tables
    from sigtrim.batch.workers import Stop
    from sigtrim.rewriter import Rewriter

    data = ("id,signature\n" + f"1,{quoted(LIST)}\n" * 20).encode()
    Path("t.csv").write_bytes(data)
    stop = Stop()
    work = FileWork(settings=Settings(rewriters={None: Rewriter()}), wanted=Wanted(), in_place=True, backup=".bak")
    flow = Flow(columns=(Column("signature"),), jobs=1, put=len, stop=stop)
    inputs = Inputs(paths=(Path("t.csv"),), in_place=True, suffixes=TABLES)
    outcomes = []
    for outcome in run_tables(inputs, work, flow, tell=print):
        outcomes.append(outcome)
        stop.wanted = True
    assert [one.cause for one in outcomes] == [None, "interrupted, the table is left as it was"]
    assert (sorted(path.name for path in Path().iterdir()), Path("t.csv").read_bytes()) == (["t.csv"], data)
