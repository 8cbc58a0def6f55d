"""The sub-commands that look something up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from sigtrim.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["platforms", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_unknown_platform_is_status_1_and_no_output() -> None:
    status, out, err = run("no-such-platform")
    assert (status, out) == (1, "")
    assert "no-such-platform" in err


def test_table_lists_what_the_query_names() -> None:
    status, out, _ = run("linkedin")
    assert status == 0
    assert out.splitlines()[0].split() == ["ID", "NAME", "CATEGORY", "HOSTS"]
    assert out.splitlines()[1].startswith("linkedin ")


def test_json_is_one_object_a_line() -> None:
    rows = [json.loads(line) for line in run("--json")[1].splitlines()]
    assert len(rows) > 200
    assert rows == sorted(rows, key=lambda row: row["id"])
    assert next(row for row in rows if row["id"] == "github")["hosts"] == ["gist.github.com", "github.com"]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://acme.example/about", "-  no platform"),
        ("https://calendly.com/ada", "-  kept  booking"),
        ("https://bit.ly/3xyz", "-  short link"),
        ("https://acme.example/go/facebook", "facebook  profile  named by the path"),
        ("https://youtu.be/abc123", "youtube  content"),
        ("httpss://vk.com/acme", "vk  profile"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fgithub.com%2Facme", "github  profile"),
    ],
)
def test_match_says_what_a_url_is(url: str, says: str) -> None:
    assert run("--match", url)[1].startswith(says)


def test_platforms_of_the_configuration_are_known(tmp_path: Path) -> None:
    config = tmp_path / "sigtrim.toml"
    config.write_text(
        '[[platforms]]\nid = "acmebook"\nname = "AcmeBook"\ncategory = "social"\nhosts = ["acmebook.example"]\n'
    )
    assert run("--config", str(config), "--match", "https://acmebook.example/ada")[1].startswith("acmebook  profile")
    assert "acmebook.example" in run("--config", str(config), "acmebook")[1]


def test_bad_platform_of_the_configuration_names_the_file_and_the_key(tmp_path: Path) -> None:
    config = tmp_path / "sigtrim.toml"
    config.write_text('[[platforms]]\nid = "acmebook"\nhostz = ["acmebook.example"]\n')
    result = CliRunner().invoke(main, ["platforms", "--config", str(config)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"sigtrim: {config}: platforms: acmebook: hostz is not a known key\n"


def test_a_host_that_the_configuration_strips_is_a_platform(tmp_path: Path) -> None:
    config = tmp_path / "sigtrim.toml"
    config.write_text('strip = ["social.example.com"]\n')
    arguments = ["platforms", "--config", str(config), "--match", "https://social.example.com/ada"]
    assert CliRunner().invoke(main, arguments).stdout.startswith("social.example.com  profile  ")


@pytest.mark.parametrize("arguments", [["x"], ["--json"]])
def test_a_url_is_asked_for_alone(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, ["platforms", "--match", "https://x.com/ada", *arguments])
    assert (result.exit_code, result.stderr) == (2, "sigtrim: --match and QUERY or --json exclude each other\n")
