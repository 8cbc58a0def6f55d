"""The cases: byte-exact pairs of files, the same for the library and the command line.

`tests/cases/<topic>/<name>.in.<ext>` is the document. `<name>.out.<ext>` is what must come out with the call to action
below; without that file the document must come back as it is, with no call to action. `<name>.toml` may say otherwise:

    cta-url, cta-text   another call to action; cta = false for none
    keep                platforms, hosts, categories that stay
    codes               the codes of the removals, sorted
    platforms           the platforms of the removals, sorted, each once
    config              the text of a sigtrim.toml that lies beside the document
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pytest
from click.testing import CliRunner

from sigtrim import CallToAction, Config, Rewriter, Rules, load_config
from sigtrim.cli import main

CASES = Path(__file__).parent / "cases"
CTA = {"cta-url": "https://example.com/guide", "cta-text": "Get the free guide"}
FORMATS: dict[str, Literal["html", "text"]] = {".htm": "html", ".html": "html", ".txt": "text"}
KEYS = {"cta", "cta-url", "cta-text", "keep", "codes", "platforms", "config"}


@dataclass(frozen=True, slots=True)
class Case:
    source: Path
    expected: Path
    settings: dict[str, Any]

    @property
    def unchanged(self) -> bool:
        return not self.expected.exists()

    @property
    def cta(self) -> CallToAction | None:
        own = "cta-url" in self.settings
        if not self.settings.get("cta", own or not self.unchanged):
            return None
        values = CTA | self.settings
        return CallToAction(values["cta-url"], values["cta-text"])


def load(source: Path) -> Case:
    stem = source.name.partition(".in.")[0]
    side = source.with_name(f"{stem}.toml")
    settings = tomllib.loads(side.read_text(encoding="utf-8")) if side.exists() else {}
    assert settings.keys() <= KEYS, f"{side}: unknown keys {sorted(settings.keys() - KEYS)}"
    return Case(source, source.with_name(f"{stem}.out{source.suffix}"), settings)


SOURCES = sorted(CASES.glob("*/*.in.*"))
each_case = pytest.mark.parametrize("source", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")


def rewriter_for(case: Case, folder: Path) -> Rewriter:
    config = Config()
    if "config" in case.settings:
        path = folder / "sigtrim.toml"
        path.write_text(case.settings["config"], encoding="utf-8")
        config = load_config(path)
    rules = replace(config.rules, keep=config.rules.keep | Rules(keep=frozenset(case.settings.get("keep", ()))).keep)
    return Rewriter(cta=case.cta, rules=rules)


@each_case
def test_library(source: Path, tmp_path: Path, *, accept: bool) -> None:
    case = load(source)
    document = source.read_bytes()
    rewriter = rewriter_for(case, tmp_path)
    result = rewriter.rewrite(document, format=FORMATS.get(source.suffix))
    assert result.skipped is None
    if accept and not case.unchanged and result.output != case.expected.read_bytes():
        assert isinstance(result.output, bytes)
        case.expected.write_bytes(result.output)
    assert result.output == (document if case.unchanged else case.expected.read_bytes())
    for key, values in (
        ("codes", [removal.code for removal in result.removals]),
        ("platforms", {removal.platform for removal in result.removals if removal.platform is not None}),
    ):
        if key in case.settings:
            assert sorted(values) == case.settings[key]
    again = rewriter.rewrite(result.output, format=FORMATS.get(source.suffix))
    assert again.output == result.output, "a second run must change nothing"


@each_case
def test_command_line(source: Path, tmp_path: Path) -> None:
    case = load(source)
    # A folder of its own: a configuration file above the checkout must not reach the case.
    document = tmp_path / f"document{source.suffix}"
    document.write_bytes(source.read_bytes())
    config = tmp_path / "sigtrim.toml"
    config.write_text(case.settings.get("config", ""), encoding="utf-8")
    cta = case.cta
    arguments = ["--no-cta"] if cta is None else ["--cta-url", cta.url, "--cta-text", cta.text]
    for platform in case.settings.get("keep", ()):
        arguments += ["--keep", platform]
    result = CliRunner().invoke(main, [str(document), "--config", str(config), *arguments])
    assert (result.stderr, result.exit_code) == ("", 0)
    assert result.stdout_bytes == (source if case.unchanged else case.expected).read_bytes()


@each_case
def test_nothing_to_do_is_lossless(source: Path) -> None:
    document = source.read_bytes()
    untouchable = Rewriter(rules=Rules(min_platforms=1000))
    assert untouchable.rewrite(document, format=FORMATS.get(source.suffix)).output == document


def test_there_are_cases_and_none_is_left_over() -> None:
    assert SOURCES
    used = {path for source in SOURCES for path in (source, load(source).expected)}
    used |= {source.with_name(f"{source.name.partition('.in.')[0]}.toml") for source in SOURCES}
    assert {path for path in CASES.glob("*/*") if path.is_file()} <= used
