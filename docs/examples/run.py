"""Run the examples: real containers in a pytest run, then in a playbook.

`make demo` calls this. It uses the engine that answers, and where none does, it starts a
private one, with a registry that has the images, and takes both down again.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from pytest_engine.core.client import Engine  # noqa: E402
from pytest_engine.core.errors import EngineError  # noqa: E402
from tests.lab import Lab, LabError  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EXAMPLES = REPOSITORY / "docs" / "examples"
IMAGES = ("busybox", "debian:bookworm", "redis:7", "postgres:15", "nginx")
PRIVATE_HINT = "make demo ENGINE=private starts an engine and a registry of its own."


class DemoError(Exception):
    """A step failed; what it printed stands above."""


def main() -> int:
    """Find or start an engine, run both examples, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--engine",
        choices=("auto", "private"),
        default="auto",
        help="auto: the engine that answers, else a private one (default); private: always",
    )
    # A termination ends like Ctrl-C does, so that everything is taken down again.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with _engine(parser.parse_args().engine) as (host, foreign):
            _run_examples(host, foreign=foreign)
    except KeyboardInterrupt:
        print("\nInterrupted; everything that was started has been taken down.")
        return 130
    except (DemoError, EngineError, LabError) as exc:
        print(f"\nThe demo failed: {exc}")
        return 1
    print("\nThe demo ran: tests and playbook used real containers, and none of them is left.")
    return 0


@contextlib.contextmanager
def _engine(choice: str) -> Iterator[tuple[str, bool]]:
    """Yield the engine's address, and whether it is somebody else's."""
    if choice == "auto":
        found = _answering()
        if found:
            print(f"==> An engine answers at {found}: using it; it pulls what it lacks itself.")
            yield found, True
            return
        print("==> No engine answers: starting a private one.")
    lab = Lab.default()
    # Somebody's tests may be using it.
    was_up = lab.status().is_up
    try:
        lab.up(IMAGES)
        yield lab.host, False
    finally:
        if was_up:
            print("The private engine was there before, and stays.")
        else:
            lab.down()
            print(f"Kept for the next time: the images in {lab.folder}, and installed packages.")


def _answering() -> str:
    """Return the address of the engine that the environment leads to, if it answers."""
    try:
        with Engine(timeout=5) as engine:
            engine.system.ping()
            return engine.endpoint.url
    except EngineError as exc:
        print(f"    {exc}")
        return ""


def _run_examples(host: str, *, foreign: bool) -> None:
    environment = {
        **os.environ,
        "DOCKER_HOST": host,
        "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / "build"),
        "ANSIBLE_NOCOWS": "1",
    }
    hint = f" {PRIVATE_HINT}" if foreign else ""
    python = sys.executable
    playbook = [python, "-m", "ansible", "playbook", "-i", "localhost,", "-c", "local"]
    # Names that nobody else has: the last step removes what goes by them.
    for variable in (
        f"ansible_python_interpreter={python}",
        f"prefix=pytest-engine-demo-{os.getpid()}",
        f"store_port={_free_port()}",
    ):
        playbook += ["-e", variable]
    site = str(EXAMPLES / "ansible" / "site.yml")
    _step(
        "Tests against real containers",
        [python, "-m", "pytest", "-v", str(EXAMPLES / "pytest")],
        environment,
        hint,
    )
    _step(
        "Staging the Ansible collection",
        [python, str(REPOSITORY / "ansible_collection" / "build.py")],
        environment,
    )
    try:
        _step(
            "The playbook, only asked what it would do",
            [*playbook, "--check", "--diff", site],
            environment,
            hint,
        )
        _step("The playbook", [*playbook, site], environment, hint)
        said = _step("The playbook again", [*playbook, site], environment, hint)
        if "changed=0 " not in said:
            raise DemoError("The second run of the playbook changed something.")
    finally:
        _step(
            "Taking down what the playbook made",
            [*playbook, str(EXAMPLES / "ansible" / "teardown.yml")],
            environment,
        )


def _step(title: str, command: Sequence[str], environment: dict[str, str], hint: str = "") -> str:
    """Run a command, show what it prints as it does, and return it."""
    print(f"\n==> {title}", flush=True)
    said = []
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            said.append(line)
    if process.returncode:
        raise DemoError(f"{title!r} ended with exit code {process.returncode}; see above.{hint}")
    return "".join(said)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
