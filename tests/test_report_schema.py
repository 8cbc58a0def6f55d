"""The report keeps the form that its schema promises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import sigtrim
from sigtrim import CallToAction, Rewriter, Rules

CTA = CallToAction("https://example.com/guide", "Get the free guide")
CASES = sorted((Path(__file__).parent / "cases").rglob("*.in.*"))


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    path = Path(sigtrim.__file__).parent / "data" / "report.schema.json"
    schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_report_without_a_field_is_refused(validator: Draft202012Validator) -> None:
    record = Rewriter().rewrite("<p>Ada Byrne</p>").to_dict()
    del record["kept"]
    assert not validator.is_valid(record)


def test_report_with_an_unknown_code_is_refused(validator: Draft202012Validator) -> None:
    html = '<a href="https://github.com/ada">GitHub</a> <a href="https://x.com/ada">X</a>'
    record: Any = Rewriter(cta=CTA).rewrite(html).to_dict()
    record["removals"][0]["code"] = "no-such-code"
    assert not validator.is_valid(record)


def test_all_cases_report_in_the_form_of_the_schema(validator: Draft202012Validator) -> None:
    rewriters = (Rewriter(cta=CTA), Rewriter(rules=Rules(min_platforms=1)))
    assert CASES
    for path in CASES:
        for rewriter in rewriters:
            record = json.loads(json.dumps(rewriter.rewrite(path.read_bytes(), name=path.name).to_dict()))
            problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(record)]
            assert not problems, f"{path.name}: {problems[:3]}"


def test_what_a_report_lists_is_what_went() -> None:
    html = '<p>Ada | <a href="https://github.com/ada">GitHub</a> | <a href="https://x.com/ada">X</a> | Leeds</p>'
    record: Any = Rewriter().rewrite(html).to_dict()
    gone = sorted(
        (edit["span"]["start"], edit["span"]["end"]) for removal in record["removals"] for edit in removal["edits"]
    )
    left = html
    for start, end in reversed(gone):
        left = left[:start] + left[end:]
    assert left == "<p>Ada | Leeds</p>"
