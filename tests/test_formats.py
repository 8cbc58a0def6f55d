"""The format cases: byte-exact pairs of files, `tests/cases/formats/<format>/<name>.in.<suffix>` and `.out.<suffix>`.

Without an `.out` file the file must come back as it is. `pytest tests/test_formats.py --accept` writes what the program
gives today.
"""

from __future__ import annotations

import contextlib
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrim import CallToAction, ConfigError, Rewriter, Rules, SourceError, formats
from sigtrim.formats import outlook
from sigtrim.report import explain, to_dict
from sigtrim.rewrite.edits import apply

if TYPE_CHECKING:
    from sigtrim.formats import FileRewrite

CASES = Path(__file__).parent / "cases" / "formats"
CTA = CallToAction("https://example.com/guide", "Get the free guide")
OTHER = CallToAction("https://example.com/call?from=mail&to=us", "Book a call")
SOURCES = sorted(CASES.glob("*/*.in.*"))
each_case = pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")


def rewrite(path: Path, data: bytes, cta: CallToAction | None = CTA) -> FileRewrite:
    return formats.rewrite(Rewriter(cta=cta), data, format=path.parent.name, name=path.name)


def expected(path: Path) -> Path:
    return path.with_name(path.name.replace(".in.", ".out."))


@each_case
def test_case(path: Path, *, accept: bool) -> None:
    data = path.read_bytes()
    is_noop = not expected(path).exists()
    result = rewrite(path, data, None if is_noop else CTA)
    assert result.skipped is None
    assert isinstance(result.output, bytes)
    if accept and not is_noop:
        expected(path).write_bytes(result.output)
    assert result.output == (data if is_noop else expected(path).read_bytes())


@each_case
def test_the_content_tells_the_format(path: Path) -> None:
    assert formats.sniff(path.read_bytes()) == path.parent.name
    assert formats.sniff(path.read_bytes(), "misleading.htm") == path.parent.name


@each_case
def test_a_second_run_changes_nothing(path: Path) -> None:
    first = rewrite(path, path.read_bytes())
    assert isinstance(first.output, bytes)
    second = rewrite(path, first.output)
    assert (second.output, second.changed, second.splices) == (first.output, False, ())


@each_case
def test_another_call_to_action_replaces_the_first(path: Path) -> None:
    first = rewrite(path, path.read_bytes(), CTA)
    assert isinstance(first.output, bytes)
    again = rewrite(path, first.output, OTHER)
    direct = rewrite(path, path.read_bytes(), OTHER)
    assert isinstance(again.output, bytes)
    assert isinstance(direct.output, bytes)
    assert again.skipped is direct.skipped is None
    assert rewrite(path, again.output, OTHER).output == again.output


@each_case
def test_the_edits_make_the_output_and_the_report_speaks_of_the_file(path: Path) -> None:
    result = rewrite(path, path.read_bytes())
    assert result.source.to_bytes() == path.read_bytes()
    assert result.source.encode(apply(result.source.text, result.edits)) == result.output
    assert bool(result.diff()) == result.changed
    lines = result.source.text.count("\n") + 1
    for removal in result.removals:
        assert 1 <= removal.line <= lines
        assert 0 <= removal.span.start < removal.span.end <= len(result.source.text)
    assert explain(result)
    assert to_dict(result)["changed"] == result.changed


@each_case
def test_nothing_to_do_is_lossless(path: Path) -> None:
    result = formats.rewrite(
        Rewriter(rules=Rules(min_platforms=1000)), path.read_bytes(), format=path.parent.name, name=path.name
    )
    assert (result.output, result.changed) == (path.read_bytes(), False)


@each_case
def test_damaged_files_are_refused_or_stay_or_change_cleanly(path: Path) -> None:
    data = path.read_bytes()
    chance = random.Random(path.name)  # noqa: S311 - repeatable damage, not a secret
    for _ in range(25):
        damaged = bytearray(data)
        start = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                del damaged[start:]
            case 1:
                del damaged[start : start + chance.randrange(1, 40)]
            case 2:
                damaged[start] = chance.randrange(256)
            case _:
                damaged[start:start] = bytes([chance.choice(b'=\x00\r\n{}\\"<>-')])
        try:
            result = rewrite(path, bytes(damaged))
        except SourceError:
            continue
        if result.skipped is not None:
            assert result.output == bytes(damaged)
            continue
        assert isinstance(result.output, bytes)
        assert result.source.encode(apply(result.source.text, result.edits)) == result.output


@given(data=st.binary(max_size=400))
def test_any_bytes_are_sniffed(data: bytes) -> None:
    assert formats.sniff(data) in {None, *formats.FORMATS}


@pytest.mark.parametrize("name", formats.FORMATS)
@given(data=st.binary(max_size=300) | st.text(st.characters(codec="ascii"), max_size=300).map(str.encode))
def test_any_bytes_in_any_format_come_back_or_are_refused(name: str, data: bytes) -> None:
    try:
        result = formats.rewrite(Rewriter(), data, format=name)
    except SourceError:
        return
    assert result.output == data


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ConfigError, match="one of"):
        formats.rewrite(Rewriter(), b"", format="docx")


@pytest.mark.parametrize("path", [path for path in SOURCES if expected(path).exists()], ids=lambda path: path.name)
def test_time_is_linear(path: Path) -> None:
    data = path.read_bytes()

    def seconds(times: int) -> float:
        start = time.process_time()
        with contextlib.suppress(SourceError):  # what ends once cannot be repeated in every format
            formats.rewrite(Rewriter(rules=Rules(min_platforms=1000)), data * times, format=path.parent.name)
        return time.process_time() - start

    # The least of some runs: another process slows down a single one.
    assert min(seconds(80) for _ in range(3)) < 12 * max(min(seconds(20) for _ in range(3)), 0.01)


def test_every_format_has_a_case_and_a_noop_twin() -> None:
    for name in formats.FORMATS:
        of_format = [path for path in SOURCES if path.parent.name == name]
        assert {expected(path).exists() for path in of_format} == {True, False}, name


EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("name", formats.FORMATS)
def test_the_examples_show_what_a_format_does(name: str) -> None:
    paths = list((EXAMPLES / name).iterdir())
    assert paths
    for path in paths:
        assert formats.sniff(path.read_bytes(), path.name) == name
        result = formats.rewrite(Rewriter(cta=CTA), path.read_bytes(), format=name, name=path.name)
        assert result.skipped is None
        assert result.changed


@pytest.mark.parametrize(
    "path", [path for name in ("templates", "thunderbird") for path in (EXAMPLES / name).iterdir()], ids=str
)
def test_the_examples_without_a_format_of_their_own(path: Path) -> None:
    result = formats.rewrite_file(Rewriter(cta=CTA), path.read_bytes(), name=path.name)
    assert result.format == ("text" if path.suffix == ".txt" else "html")
    assert {"linkedin", "x", "youtube"} & {removal.platform for removal in result.removals}
    assert result.cta is not None


def test_the_example_of_outlook_shows_three_twins_that_agree() -> None:
    folder = EXAMPLES / "outlook-twins"
    twins = outlook.find_twins(path.name for path in folder.iterdir())
    assert list(twins) == ["Ada"]
    results = outlook.rewrite_twins(Rewriter(cta=CTA), {name: (folder / name).read_bytes() for name in twins["Ada"]})
    for rewrite in results.values():
        assert rewrite.skipped is None
        assert "linkedin" in {removal.platform for removal in rewrite.removals}
        assert not any("twins" in warning for warning in rewrite.warnings)
