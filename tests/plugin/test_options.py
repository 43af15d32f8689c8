"""The options, wherever they are stated."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_engine.plugin.options import OPTIONS

ROOT = Path(__file__).resolve().parents[2]
PRINT = """
def test_it(pytestconfig):
    from pytest_engine.plugin.fixtures import SETTINGS
    settings = pytestconfig.stash[SETTINGS]
    print("settings:", settings.host, settings.missing, settings.wait_timeout, settings.log_lines)
    print("images:", settings.pull, settings.mirror)
    print("ahead:", settings.ahead, settings.durations)
    kept = settings.sweep, settings.keep, settings.keep_for
    print("state:", settings.state)
    print("after:", *kept, settings.reuse, settings.reuse_for)
"""


def settings(pytester: pytest.Pytester, *arguments: str) -> str:
    pytester.makepyfile(PRINT)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-s", *arguments)
    result.assert_outcomes(passed=1)
    return str(result.stdout).partition("settings: ")[2].splitlines()[0]


def test_without_any_there_are_defaults(pytester: pytest.Pytester) -> None:
    assert settings(pytester) == "None fail 60.0 50"


def test_the_ini_file_is_read(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nengine_host=tcp://a:1\nengine_wait_timeout=5\nengine_log_lines=7\n")
    assert settings(pytester) == "tcp://a:1 fail 5.0 7"


@pytest.mark.parametrize(
    ("ini", "argument", "expected"),
    [
        (".engine", None, "{ini}/.engine"),
        ("/var/engine", None, "/var/engine"),
        ("~/engine", None, "~/engine"),
        ("", None, "None"),
        (".engine", "--engine-state=.mine", ".mine"),
    ],
)
def test_a_state_folder_in_the_ini_file_is_relative_to_that(
    pytester: pytest.Pytester, ini: str, argument: str | None, expected: str
) -> None:
    pytester.makeini(f"[pytest]\nengine_state={ini}\n")
    folder = pytester.mkdir("below")
    (folder / "test_it.py").write_text(PRINT, encoding="utf-8")
    arguments = [] if argument is None else [argument]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-s", *arguments)
    told = str(result.stdout).partition("state: ")[2].splitlines()[0]
    assert told == expected.format(ini=pytester.path)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "missing None"),
        (("--engine-pull=always",), "always None"),
        (("--engine-pull=1.5h",), "1:30:00 None"),
        (("--engine-pull=7d",), "7 days, 0:00:00 None"),
        (("--engine-mirror=m:5/hub/",), "missing (('docker.io', 'm:5/hub'),)"),
        (
            ("--engine-mirror=docker.io=a, quay.io/x=b/c",),
            "missing (('docker.io', 'a'), ('quay.io/x', 'b/c'))",
        ),
    ],
)
def test_pulls_and_mirrors_are_read(
    pytester: pytest.Pytester, arguments: tuple[str, ...], expected: str
) -> None:
    pytester.makepyfile(PRINT)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-s", *arguments)
    assert str(result.stdout).partition("images: ")[2].splitlines()[0] == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "10 None"),
        (("--engine-ahead=0",), "0 None"),
        (("--engine-durations",), "10 10"),
        (("--engine-durations=0",), "10 0"),
        (("--engine-durations", "--engine-ahead=3"), "3 10"),
    ],
)
def test_what_is_done_ahead_and_shown_is_read(
    pytester: pytest.Pytester, arguments: tuple[str, ...], expected: str
) -> None:
    pytester.makepyfile(PRINT)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-s", *arguments)
    assert str(result.stdout).partition("ahead: ")[2].splitlines()[0] == expected


def test_the_environment_is_read(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ENGINE_MISSING", "skip")
    assert settings(pytester) == "None skip 60.0 50"


def test_the_ini_file_comes_before_the_environment_and_the_command_line_before_both(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ENGINE_HOST", "tcp://environment:1")
    assert settings(pytester).split()[0] == "tcp://environment:1"
    pytester.makeini("[pytest]\nengine_host=tcp://ini:1\n")
    assert settings(pytester).split()[0] == "tcp://ini:1"
    assert settings(pytester, "--engine-host=tcp://line:1").split()[0] == "tcp://line:1"


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--engine-missing=explode", "--engine-missing: 'explode' is not fail, skip or private"),
        ("--engine-wait-timeout=soon", "--engine-wait-timeout: 'soon' is not a number of seconds"),
        ("--engine-wait-timeout=0", "'0' is not a number of seconds above 0"),
        ("--engine-keep=sometimes", "'sometimes' is not never, failed or always"),
        ("--engine-keep-for=0", "'0' is not a number of seconds above 0"),
        ("--engine-reuse-for=soon", "'soon' is not a number of seconds above 0"),
        ("--engine-log-lines=-1", "'-1' is not a number of lines"),
        ("--engine-pull=often", "'often' is not missing, always, never, or an age like"),
        ("--engine-pull=0h", "'0h' is not missing"),
        ("--engine-pull=infd", "'infd' is not missing"),
        ("--engine-pull=99999999d", "'99999999d' is not missing"),
        ("--engine-keep-for=inf", "'inf' is not a number of seconds above 0, of a century"),
        ("--engine-mirror=https://a", "'https://a' is not a mirror like"),
        ("--engine-mirror=a=", "'a=' is not a mirror like"),
    ],
)
def test_a_wrong_value_is_refused(pytester: pytest.Pytester, argument: str, message: str) -> None:
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest_inprocess(argument)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert message in str(result.stderr)


def test_a_wrong_value_in_the_ini_file_is_refused(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nengine_missing=explode\n")
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "engine_missing of the ini file: 'explode' is not fail, skip or private" in str(
        result.stderr
    )


@pytest.mark.parametrize("stated", ['engine_mirror = ["a=b"]', "engine_wait_timeout = [5]"])
def test_a_list_in_the_ini_file_is_refused(pytester: pytest.Pytester, stated: str) -> None:
    pytester.makepyprojecttoml(f"[tool.pytest.ini_options]\n{stated}\n")
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    name = stated.partition(" ")[0]
    result.stderr.fnmatch_lines([f"*{name} of the ini file: [[]*] is not a *"])


def test_an_unknown_option_is_refused(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess("--engine-colour=red")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--engine-colour=red" in str(result.stderr)


def test_pytests_help_names_them_all(pytester: pytest.Pytester) -> None:
    text = str(pytester.runpytest_inprocess("--help").stdout)
    for name in (
        "host",
        "missing",
        "wait-timeout",
        "log-lines",
        "pull",
        "mirror",
        "ahead",
        "durations",
        "state",
        "keep",
        "keep-for",
        "reuse-for",
    ):
        assert f"--engine-{name}=" in text
    for name in ("sweep", "reuse"):
        assert f"--engine-{name} " in text


@pytest.mark.parametrize("word", ["yes", "true", "1", "TRUE"])
def test_what_is_switched_on_alone_has_words_elsewhere(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("PYTEST_ENGINE_REUSE", word)
    pytester.makeini("[pytest]\nengine_keep=failed\nengine_keep_for=5\nengine_reuse_for=6\n")
    pytester.makepyfile(PRINT)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-s")
    told = str(result.stdout).partition("after: ")[2].splitlines()[0]
    assert told == "False failed 5.0 True 6.0"


@pytest.mark.parametrize("word", ["no", "false", "0"])
def test_what_the_environment_switches_off_is_off(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("PYTEST_ENGINE_REUSE", word)
    pytester.makepyfile(PRINT)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-s")
    assert str(result.stdout).partition("after: ")[2].split()[3] == "False"


def test_another_word_for_a_switch_is_refused(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ENGINE_SWEEP", "perhaps")
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "PYTEST_ENGINE_SWEEP: 'perhaps' is not yes or no" in str(result.stderr)


def test_the_page_has_them_all_as_they_are() -> None:
    page = (ROOT / "docs" / "reference" / "pytest.md").read_text("utf-8")
    for option in OPTIONS:
        begins = (f"| `{option.flag}`", f"| `{option.flag}=", f"| `{option.flag}[")
        (row,) = [line for line in page.splitlines() if line.startswith(begins)]
        assert f"`{option.name}`" in row
        assert f"`{option.variable}`" in row
