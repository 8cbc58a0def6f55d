from __future__ import annotations

import ast
import importlib
import json
import pickle
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sigtrim
from sigtrim import CallToAction, Rewriter, Rules
from sigtrim.batch import rewrite_many
from sigtrim.formats import rewrite_file

PACKAGE = Path(sigtrim.__file__).parent

# A module may import from its own rank and from lower ones. `config` and `errors` are leaves.
RANKS = {
    "data": 0,
    "errors": 0,
    "patterns": 0,
    "call": 1,
    "config": 1,
    "parse": 2,
    "detect": 3,
    "rewrite": 4,
    "rewriter": 5,
    "report": 6,
    "soup": 6,
    "formats": 6,
    "batch": 7,
    "audit": 8,
    "preview": 8,
    "commands": 8,
    "options": 7,
    "session": 8,
    "cli": 9,
    "__init__": 5,
    "__main__": 10,
}
LEAVES: dict[str, set[str]] = {
    "errors": set(),
    "patterns": set(),
    "call": {"errors", "patterns"},
    "config": {"call", "errors", "patterns"},
    "rewrite.edits": {"parse.source"},
}


def modules() -> list[str]:
    return [
        "__init__",
        *(name.name.removeprefix("sigtrim.") for name in pkgutil.walk_packages([str(PACKAGE)], "sigtrim.")),
    ]


def top(module: str) -> str:
    return module.partition(".")[0]


def imports(module: str) -> set[str]:
    """What a module imports from this package when it is loaded, so neither for types alone nor inside functions."""
    path = PACKAGE.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "sigtrim":
            found |= {node.module.removeprefix("sigtrim").lstrip(".") or "__init__"}
        if isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("sigtrim.") for alias in node.names if alias.name.startswith("sigtrim.")}
    return found


@pytest.mark.parametrize("module", modules())
def test_imports_run_one_way(module: str) -> None:
    rank = RANKS["__main__" if module.endswith("__main__") else top(module)]
    assert {name for name in imports(module) if RANKS[top(name)] > rank} == set()


@pytest.mark.parametrize(("module", "allowed"), LEAVES.items())
def test_leaves(module: str, allowed: set[str]) -> None:
    assert imports(module) <= allowed


@pytest.mark.parametrize("module", modules())
def test_public_names_are_there(module: str) -> None:
    loaded = importlib.import_module("sigtrim" if module == "__init__" else f"sigtrim.{module}")
    assert [name for name in getattr(loaded, "__all__", []) if not hasattr(loaded, name)] == []


@pytest.mark.parametrize("module", modules())
def test_patterns_compile(module: str) -> None:
    loaded = importlib.import_module("sigtrim" if module == "__init__" else f"sigtrim.{module}")
    for value in vars(loaded).values():
        if type(value).__name__ in ("_Lazy", "Pattern"):
            assert isinstance(value.groups, int)


def test_public_names_are_sorted() -> None:
    assert sigtrim.__all__ == sorted(sigtrim.__all__)


def test_the_import_is_cheap() -> None:
    heavy = ["bs4", "lxml", "tomllib", "html5lib", "click", "difflib", "urllib.request", "tempfile"]
    code = f"import sys, sigtrim; print([name for name in {heavy!r} if name in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert result.stdout.strip() == "[]"


def test_a_rewriter_can_be_sent_to_another_process() -> None:
    html = '<a href="https://facebook.com/acme">fb</a> | <a href="https://x.com/acme">X</a>'
    rewriter = Rewriter(cta=CallToAction("https://example.com/guide", "Go"), rules=Rules(keep={"linkedin"}))
    copy = pickle.loads(pickle.dumps(rewriter))  # noqa: S301 - made on the same line
    assert copy.rewrite(html) == rewriter.rewrite(html)


def test_the_function_stays_what_it_is_whatever_is_imported_first() -> None:
    code = "import sigtrim.rewrite.edits, sigtrim.rewriter; from sigtrim import rewrite; print(rewrite('x').output)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert result.stdout == "x\n"


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'rewritten'"):
        _ = sigtrim.rewritten


def test_a_session_lists_the_public_names_before_they_are_used() -> None:
    code = "import sigtrim; print(set(sigtrim.__all__) <= set(dir(sigtrim)))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert result.stdout == "True\n"


MARKUP = '<p><a href="https://github.com/ada">GitHub</a> <a href="https://x.com/ada">X</a></p>'
HEADER = "Subject: Hi\nContent-Type: text/html;\n\tcharset=utf-8\n"


@pytest.mark.parametrize(
    "wrapped",
    [
        HEADER + "Content-Transfer-Encoding: quoted-printable\n\n" + MARKUP.replace("=", "=3D"),
        HEADER + "MIME-Version: 1.0\n\n" + MARKUP,
        "From ada@example.com Thu Jan  1 00:00:00 1970\n" + HEADER + "MIME-Version: 1.0\n\n" + MARKUP,
        "{\\rtf1 https://github.com/ada https://x.com/ada}",
        json.dumps({"sendAs": [{"signature": MARKUP}]}),
        json.dumps([{"signature": MARKUP}], indent=1),
    ],
)
def test_a_file_wrapped_as_mail_rtf_or_json_is_not_taken_for_html(wrapped: str) -> None:
    for document in (wrapped, wrapped.encode()):
        result = sigtrim.rewrite(document)
        assert result.output == document
        assert result.skipped is not None


@pytest.mark.parametrize("before", ["Note: to all\n", "{name}\n", "{{name}}\n", '{% include "a" %}\n', "From me\n"])
def test_what_only_begins_like_a_wrapped_file_is_rewritten(before: str) -> None:
    result = sigtrim.rewrite(before + MARKUP)
    assert (result.skipped, result.changed) == (None, True)


@pytest.mark.parametrize("document", [None, 3, ["a"], bytearray(b"a"), memoryview(b"a"), Path("a.html")])
def test_a_document_that_is_none_is_told_by_its_type(document: Any) -> None:
    with pytest.raises(TypeError, match=rf"^document: expected str or bytes, not {type(document).__name__}$"):
        sigtrim.rewrite(document)


@pytest.mark.parametrize("format_", ["HTML", "xml", "eml"])
def test_an_unknown_format_is_an_error(format_: Any) -> None:
    with pytest.raises(sigtrim.ConfigError, match=rf"^format: '{format_}' is not html or text"):
        sigtrim.rewrite(MARKUP, format=format_)


def test_settings_of_another_type_are_told() -> None:
    wrong: Any = {"url": "https://example.com"}
    with pytest.raises(TypeError, match="cta: expected CallToAction, not dict"):
        sigtrim.rewrite(MARKUP, cta=wrong)
    with pytest.raises(TypeError, match="rules: expected Rules, not dict"):
        sigtrim.rewrite(MARKUP, rules=wrong)
    with pytest.raises(TypeError, match="limits: expected Limits, not dict"):
        Rewriter(limits=wrong)


def test_a_document_can_be_called_by_its_path(tmp_path: Path) -> None:
    assert Rewriter().rewrite(MARKUP, name=tmp_path / "a.html").to_dict()["name"] == str(tmp_path / "a.html")
    mail = (HEADER + "\n" + MARKUP).encode()
    assert rewrite_file(Rewriter(), mail, name=tmp_path / "a.eml").source.name == str(tmp_path / "a.eml")


def test_a_result_shows_itself_without_the_document() -> None:
    shown = repr(sigtrim.rewrite(f"<p>{'long ' * 1000}</p>{MARKUP}", cta=CallToAction("https://example.com/", "Go")))
    assert "long" not in shown
    assert "platform='github'" in shown


def test_a_file_is_bytes_in_a_format_that_is_known() -> None:
    text: Any = MARKUP
    with pytest.raises(TypeError, match=r"^data: expected bytes, not str$"):
        rewrite_file(Rewriter(), text)
    with pytest.raises(sigtrim.ConfigError, match=r"^format: 'docx' is not one of html, text, mailsignature, rtf"):
        rewrite_file(Rewriter(), MARKUP.encode(), format="docx")


@pytest.mark.parametrize("jobs", [1, 2])
def test_many_documents_are_several_texts_or_bytes(jobs: int) -> None:
    wrong: Any = [MARKUP, None]
    with pytest.raises(TypeError, match=r"^documents: expected several"):
        rewrite_many(MARKUP, Rewriter(), jobs=jobs)
    with pytest.raises(TypeError, match=r"^document: expected str or bytes, not NoneType$"):
        list(rewrite_many(wrong, Rewriter(), jobs=jobs))
