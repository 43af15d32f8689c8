# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Events of an engine, for the rulebooks of Event-Driven Ansible."""

from __future__ import annotations

DOCUMENTATION = r"""
---
short_description: The events of an engine.
description:
  - Follows what happens on an engine, and hands over each event as the engine tells it, with C(Type), C(Action),
    C(Actor.ID), C(Actor.Attributes) and C(timeNano), which is when it happened.
  - A connection that is lost is made anew, and each event told once, also those from in between. An engine
    keeps its last 256 events until it is restarted; what it forgets then, nobody can be told.
  - An engine that does not answer at the start is an error at once.
options:
  filters:
    description:
      - Which events to hand over. Names are C(config), C(container), C(daemon), C(event), C(image), C(label),
        C(network), C(node), C(plugin), C(scope), C(secret), C(service), C(type) and C(volume), each with one
        value or several.
      - Labels of a list have to be there all; of the values of another name one has to fit. Of the names all have
        to.
    type: dict
    default: {}
  since:
    description:
      - Begins with the events of the past from this moment on, in seconds since the epoch or as RFC 3339 has it,
        with quotes or without. Without it, it begins with what happens from now on.
    type: str
  reconnect:
    description: For how many seconds the engine may stay away before that is an error.
    type: float
    default: 3600
  docker_host:
    description:
      - Where the engine listens, as C(unix:///path/to/docker.sock), C(tcp://host:port) or C(ssh://user@host),
        seen from where the rulebook runs.
      - Where the rulebook does not say it, the environment variable C(DOCKER_HOST) does.
    type: str
    default: unix:///var/run/docker.sock
    aliases: [docker_url]
  api_version:
    description:
      - The version of the Engine API to speak. With C(auto) it is the newest one that both sides know.
      - Where the rulebook does not say it, the environment variable C(DOCKER_API_VERSION) does.
    type: str
    default: auto
    aliases: [docker_api_version]
  timeout:
    description:
      - How many seconds to wait for an answer of the engine. Between two events it may take as long as it likes.
      - Where the rulebook does not say it, the environment variable C(DOCKER_TIMEOUT) does.
    type: int
    default: 60
  tls:
    description:
      - Encrypts the connection to C(tcp://) engines without verifying their certificate.
      - Where the rulebook does not say it, the environment variable C(DOCKER_TLS) does.
    type: bool
    default: false
  validate_certs:
    description:
      - Encrypts the connection to C(tcp://) engines and verifies their certificate.
      - Where the rulebook does not say it, the environment variable C(DOCKER_TLS_VERIFY) does.
    type: bool
    default: false
    aliases: [tls_verify]
  ca_path:
    description: The file with the certificates of the authorities that the engine is verified with.
    type: path
    aliases: [ca_cert, tls_ca_cert, cacert_path]
  client_cert:
    description: The file with the certificate to show to the engine. Only with O(client_key).
    type: path
    aliases: [tls_client_cert, cert_path]
  client_key:
    description: The file with the key of O(client_cert), without a passphrase.
    type: path
    aliases: [tls_client_key, key_path]
  tls_hostname:
    description:
      - The name that the engine's certificate has to be for, where that is not the host of O(docker_host).
      - Where the rulebook does not say it, the environment variable C(DOCKER_TLS_HOSTNAME) does.
    type: str
requirements:
  - ansible-core, requests and requests-unixsocket in the Python that ansible-rulebook runs with
"""

EXAMPLES = r"""
- name: Bring back what died
  hosts: engines
  sources:
    - pytest_engine.engine.engine_events:
        docker_host: unix:///var/run/docker.sock
        filters:
          type: container
          event: [die, oom]
          label: com.example.project=shop
  rules:
    - name: A container of the shop has died
      condition: event.Action == "die" and event.Actor.Attributes.exitCode != "0"
      action:
        run_playbook:
          name: shop.yml
"""

import asyncio
import importlib
import importlib.util
import sys
import threading
from datetime import datetime
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

# What parts of the collection are called here, whatever else is called ansible_collections.
PACKAGE = "pytest_engine_engine_module_utils"
FILTERS = (
    *("config", "container", "daemon", "event", "image", "label", "network", "node"),
    *("plugin", "scope", "secret", "service", "type", "volume"),
)
# They say how a module answers and connects; here they would do nothing.
FOR_MODULES = ("debug", "use_ssh_client")
# Seconds, some ten years.
LONGEST = 315_360_000
# Not to be read by a rulebook yet. A slow reader loses events, because engines wait for nobody.
MOST_KEPT = 10_000


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Put the events of an engine into the queue until that is cancelled.

    Raises:
        EngineError: an argument is wrong, the engine does not answer, or it stays away.
    """
    engine = _module_utils("engine")
    reader = _Reader(engine, _options(engine, args))
    reader.start()
    try:
        while True:
            event = await reader.next()
            await queue.put(event)
    finally:
        reader.stop()


def _module_utils(name: str) -> Any:
    """Import a part of this collection by where this file is.

    ansible-rulebook runs this file without the loader that knows where collections are, and
    where the package `ansible` is installed, its collections are all that Python finds.
    """
    if PACKAGE not in sys.modules:
        spec = ModuleSpec(PACKAGE, None, is_package=True)
        folder = Path(__file__).resolve().parents[4] / "plugins" / "module_utils"
        spec.submodule_search_locations = [str(folder)]
        sys.modules[PACKAGE] = importlib.util.module_from_spec(spec)
    return importlib.import_module(f"{PACKAGE}.{name}")


def _options(engine: Any, args: dict[str, Any]) -> dict[str, Any]:
    """Check the arguments by the modules' rules, and add defaults and what the environment says."""
    connection = {k: v for k, v in engine.CONNECTION.items() if k not in FOR_MODULES}
    validator = ArgumentSpecValidator(
        {
            **connection,
            "filters": {"type": "dict", "default": {}},
            "since": {"type": "str"},
            "reconnect": {"type": "float", "default": 3600.0},
        },
        required_together=[["client_cert", "client_key"]],
    )
    # ansible-rulebook adds it for sources that want to know what became of their events.
    given = {k: v for k, v in args.items() if k != "eda_feedback_queue"}
    if isinstance(given.get("since"), datetime):
        # YAML makes one of a time without quotes.
        given["since"] = given["since"].isoformat()
    result = validator.validate(given)
    errors = list(result.error_messages)
    options: dict[str, Any] = result.validated_parameters
    if not errors:
        errors = [
            f"filters.{name}: engines know no such filter; there are {', '.join(FILTERS)}."
            for name in options["filters"]
            if name not in FILTERS
        ]
        errors += [
            f"filters.{name}: {value!r} is neither one value nor a list of them."
            for name, value in options["filters"].items()
            if not all(isinstance(one, (str, bool, int)) for one in _listed(value))
        ]
    if not errors and not 0 < options["reconnect"] <= LONGEST:
        errors = [f"reconnect: {options['reconnect']:g} is not between 0 and {LONGEST} seconds."]
    if errors:
        raise engine.errors.InvalidInput(f"engine_events: {' '.join(errors)}")
    return options


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


class _Reader:
    """Reads events in a thread, because the client of the engine waits in it."""

    def __init__(self, engine: Any, options: dict[str, Any]) -> None:
        self._engine = engine
        self._options = options
        self._loop = asyncio.get_running_loop()
        # Events, and at the end the error that ended them.
        self._read: asyncio.Queue[Any] = asyncio.Queue()
        self._room = threading.Semaphore(MOST_KEPT)
        self._lock = threading.Lock()
        self._stopped = False
        self._stream: Any = None

    def start(self) -> None:
        # A daemon, because connecting to a stalled engine cannot be broken off.
        threading.Thread(target=self._run, name="engine-events", daemon=True).start()

    async def next(self) -> Any:
        """Wait for the next event."""
        event = await self._read.get()
        self._room.release()
        if isinstance(event, BaseException):
            raise event
        return event

    def stop(self) -> None:
        """Read no more; nothing is told from here on."""
        with self._lock:
            self._stopped = True
            stream = self._stream
        self._room.release()
        if stream is not None:
            stream.close()

    def _run(self) -> None:
        try:
            self._follow()
        except Exception as exc:  # noqa: BLE001  # raised in the task
            self._tell(exc)

    def _follow(self) -> None:
        options = self._options
        with (
            self._engine.connect(options) as client,
            client.system.events(
                since=options["since"],
                filters=self._engine.filters(options["filters"]),
                reconnect=options["reconnect"],
            ) as stream,
        ):
            with self._lock:
                self._stream = stream
                stopped = self._stopped
            for event in () if stopped else stream:
                self._room.acquire()
                if not self._tell(event):
                    return

    def _tell(self, event: Any) -> bool:
        """Hand over to the task, unless it is gone."""
        with self._lock:
            if not self._stopped:
                self._loop.call_soon_threadsafe(self._read.put_nowait, event)
            return not self._stopped


if __name__ == "__main__":
    # By hand: python engine_events.py docker_host=unix:///run/user/1000/docker.sock

    class Printed(asyncio.Queue[Any]):
        """A queue that shows what is put into it."""

        async def put(self, item: Any) -> None:
            """Show it."""
            print(item, flush=True)  # noqa: T201  # what it is for

    given: dict[str, Any] = dict(argument.split("=", 1) for argument in sys.argv[1:])
    asyncio.run(main(Printed(), given))
