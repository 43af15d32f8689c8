"""What the staged collection consists of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from ansible_collection.build import stage
from pytest_engine.core.version import VERSION

# Modules that community.docker has no counterpart of, or one without `docker_` in its name.
OURS_ALONE = {
    "config_info",
    "container_copy_out",
    "container_logs",
    "container_wait",
    "containers",
    "current_container_facts",
    "plugin_info",
    "secret_info",
    "service",
}


def test_the_collection_holds_its_modules_and_the_core(collection: Path) -> None:
    plugins = collection / "plugins"
    modules = {path.stem for path in (plugins / "modules").iterdir()}
    assert {"container", "image_pull", "network", "volume"} <= modules
    assert (plugins / "module_utils" / "core" / "client.py").is_file()


def test_the_collection_holds_nothing_that_a_target_does_not_use(tmp_path: Path) -> None:
    collection = stage(tmp_path)
    core = collection / "plugins" / "module_utils" / "core"
    assert {"launch", "runtime", "types"} & {path.name for path in core.iterdir()} == set()
    assert not (collection / "build.py").exists()
    assert list(collection.rglob("__pycache__")) == []
    assert [p for p in collection.rglob("*") if p.is_symlink()] == []


def test_the_collection_has_the_version_of_the_project(collection: Path) -> None:
    metadata = (collection / "galaxy.yml").read_text("utf-8")
    version = re.findall(r"(?m)^version: (.+)$", metadata)
    assert version == [VERSION]


def test_every_module_with_a_connection_is_in_the_action_group(collection: Path) -> None:
    runtime = (collection / "meta" / "runtime.yml").read_text("utf-8")
    # Those that ask no engine would refuse the options of a connection.
    assert re.findall(r"(?m)^    - (\w+)$", runtime) == sorted(
        path.stem
        for path in (collection / "plugins" / "modules").iterdir()
        if "local_module(" not in path.read_text("utf-8")
    )


def test_every_module_that_has_a_docker_name_is_found_by_it(collection: Path) -> None:
    runtime = yaml.safe_load((collection / "meta" / "runtime.yml").read_text("utf-8"))
    routing = runtime["plugin_routing"]
    modules = {path.stem for path in (collection / "plugins" / "modules").iterdir()}
    wanted = {
        f"docker_{name}": {"redirect": f"pytest_engine.engine.{name}"}
        for name in modules - OURS_ALONE
    }
    assert (routing["modules"], routing["action"]) == (wanted, wanted)


def test_every_module_has_its_part_on_the_controller(collection: Path) -> None:
    modules, actions = (
        {path.name for path in (collection / "plugins" / kind).iterdir()}
        for kind in ("modules", "action")
    )
    assert actions == modules


def test_a_module_is_documentation_and_a_few_lines(collection: Path) -> None:
    for path in (collection / "plugins" / "modules").iterdir():
        source = path.read_text("utf-8")
        code = re.sub(r'(?s)^.*?RETURN = r""".*?"""', "", source)
        code = re.sub(r"(?ms)^ARGUMENTS = \{.*?^\}", "", code)
        lines = [line for line in code.splitlines() if line.strip()]
        assert len(lines) <= 100, path.name
        assert not re.search(r"\b(check_mode|_diff|state ==|fail_json|exit_json)\b", code)


def test_staging_again_replaces_what_was_there(tmp_path: Path) -> None:
    leftover = stage(tmp_path) / "plugins" / "modules" / "leftover.py"
    leftover.write_text("")
    stage(tmp_path)
    assert not leftover.exists()


@pytest.mark.parametrize(
    "name", ["CHANGELOG.md", "COPYING", "README.md", "meta/runtime.yml", "tests/config.yml"]
)
def test_the_collection_has_what_a_reader_expects(collection: Path, name: str) -> None:
    assert (collection / name).read_text("utf-8").strip()
