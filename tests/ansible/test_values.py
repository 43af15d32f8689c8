"""What the modules make of the values of their options, before anything is sent."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.ansible


@pytest.fixture(scope="module")
def part(collection: Path) -> Iterator[Callable[[str], Any]]:
    """Imports a part of the staged collection: `part("engine")`, which the modules share."""
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(collection / "plugins")
        yield lambda name: importlib.import_module(
            name if name.startswith("filter.") else f"module_utils.{name}"
        )
    for name in [n for n in sys.modules if n.partition(".")[0] in ("filter", "module_utils")]:
        del sys.modules[name]


@pytest.fixture
def engine(part: Callable[[str], Any]) -> Any:
    """The one door between the modules and the core."""
    return part("engine")


def test_filters_are_texts_or_lists_of_them(engine: Any) -> None:
    stated = {"label": ["a=1", 2], "dangling": True, "until": 24, "all": "", "age": 1.5}
    expected = {"label": ["a=1", "2"], "dangling": "true", "until": "24", "all": "", "age": "1.5"}
    assert engine.filters(stated) == expected
    assert engine.filters({}) == {}
    assert engine.filters(None) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "label! is null, which restricts nothing"),
        ([], "label! is an empty list, which restricts nothing"),
        ("", "label! is empty, which restricts nothing"),
        (["a", " "], "label! is empty, which restricts nothing"),
        ({"keep": "true"}, "{'keep': 'true'} of label! is no text. Write label!: name=value, or"),
        (["a", None], "None of label! is no text. Write one, or a list"),
        (["a", ["b"]], "['b'] of label! is no text"),
    ],
)
def test_a_filter_that_is_none_is_refused_by_the_name_of_the_option(
    engine: Any, value: object, said: str
) -> None:
    with pytest.raises(engine.errors.InvalidInput) as caught:
        engine.filters({"label!": value}, "volumes_filters")
    assert str(caught.value).startswith(f"volumes_filters: {said}")


def test_options_are_written_as_texts(engine: Any) -> None:
    stated = {"number": 1.5, "flag": True, "text": "Yes", "empty": ""}
    texts = {"number": "1.5", "flag": "true", "text": "Yes", "empty": ""}
    assert engine.texts(stated, "driver_options") == texts
    assert engine.plain_texts(stated, "args") == {**texts, "flag": "True"}
    assert (engine.texts(None, "args"), engine.plain_texts(None, "args")) == (None, None)


@pytest.mark.parametrize("read", ["texts", "plain_texts", "labels"])
@pytest.mark.parametrize(
    ("value", "kind"), [(None, "null"), (["secret"], "a list"), ({"a": "secret"}, "a mapping")]
)
def test_an_option_that_is_no_text_is_refused_without_its_value(
    engine: Any, read: str, value: object, kind: str
) -> None:
    with pytest.raises(engine.errors.InvalidInput) as caught:
        getattr(engine, read)({"one": "text", "other": value}, "some_option")
    told = f'some_option: other is {kind}. Write a text; "" is an empty one.'
    assert str(caught.value) == told


def test_labels_are_what_was_written(engine: Any) -> None:
    assert engine.labels({"kept": "yes", "tier": 1}) == {"kept": "yes", "tier": "1"}
    for wrong in ({"kept": True}, {"release": 1.1}):
        with pytest.raises(engine.errors.InvalidInput, match=r"^labels: the value "):
            engine.labels(wrong)


@pytest.mark.parametrize(
    ("ports", "host", "said"),
    [
        ({"80/tcp": [{"HostIp": "10.0.0.1"}]}, None, "where container web publishes 80/tcp is no"),
        ({"80/tcp": [{"HostIp": "", "HostPort": ""}]}, None, "where container web publishes"),
        ({"80/tcp": ["8080"]}, None, "where container web publishes"),
        ({"80/tcp": 5}, None, "where container web publishes"),
        (["80/tcp"], None, "this is no container"),
        ({"80/tcp": [{"HostPort": "1"}]}, 5, "host: 5 is no text"),
    ],
)
def test_ports_that_are_none_are_refused_by_the_filter(
    part: Callable[[str], Any], ports: Any, host: Any, said: str
) -> None:
    published = part("filter.published_port")
    container = {"Name": "/web", "NetworkSettings": {"Ports": ports}}
    with pytest.raises(published.AnsibleFilterError, match=f"^published_port: {said}"):
        published.published_port(container, 80, host)


def test_a_port_that_is_published_without_an_address_is_everywhere(
    part: Callable[[str], Any],
) -> None:
    container = {"NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": None, "HostPort": "81"}]}}}
    found = part("filter.published_port").published_port(container, 80)
    assert found == {"host": "127.0.0.1", "port": 81, "address": "127.0.0.1:81"}


@pytest.fixture
def mount(part: Callable[[str], Any]) -> Callable[..., Any]:
    """Reads a volume of a service: `mount(labels={"tier": 1})`."""

    def read(**stated: Any) -> Any:
        unstated = ("driver_config", "no_copy", "propagation", "readonly", "tmpfs_mode")
        volume = {"type": "volume", "source": "data", "target": "/data", "tmpfs_size": None}
        options = {**dict.fromkeys((*unstated, "labels")), **volume, **stated}
        return part("service_options")._mount(None, options)["VolumeOptions"]  # noqa: SLF001  # what it is told

    return read


def test_a_volume_of_a_service_has_texts(mount: Callable[..., Any]) -> None:
    config = {"name": "local", "options": {"port": 1, "soft": True, "device": None}}
    assert mount(labels={"tier": 1, "kept": None}, driver_config=config) == {
        "NoCopy": False,
        "Labels": {"tier": "1", "kept": ""},
        "DriverConfig": {
            "Name": "local",
            "Options": {"port": "1", "soft": "true", "device": ""},
        },
    }


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"labels": {"release": 1.1}}, "mounts.labels: the value 1.1 of release"),
        ({"labels": {"tier": []}}, "mounts.labels: tier is a list"),
        (
            {"driver_config": {"options": {"o": {}}}},
            "mounts.driver_config.options: o is a mapping",
        ),
    ],
)
def test_a_volume_of_a_service_with_what_is_no_text_is_refused(
    mount: Callable[..., Any], engine: Any, stated: dict[str, Any], said: str
) -> None:
    with pytest.raises(engine.errors.InvalidInput) as caught:
        mount(**stated)
    assert str(caught.value).startswith(said)


def test_a_number_alone_is_in_nanoseconds(part: Callable[[str], Any]) -> None:
    read = part("service_options")._policy  # noqa: SLF001  # what is read
    stated = {"delay": "5", "monitor": " 7 ", "order": None, "window": "1.5s", "parallelism": 2}
    ours = {**stated, "delay": "5ns", "monitor": "7ns"}
    assert read(stated, "update_config") == ours
    assert read(None, "update_config") is None


@pytest.mark.parametrize(
    ("stated", "mode"),
    [
        (0o444, 0o444),
        ("0444", 0o444),
        ("0o1777", 0o1777),
        ("292", 0o444),
        ("0", 0),
        (0, 0),
        (None, None),
    ],
)
def test_permissions_are_octal(
    part: Callable[[str], Any], stated: object, mode: int | None
) -> None:
    assert part("service_options")._mode(stated, "secrets: mode") == mode  # noqa: SLF001  # what is read


def test_certificates_that_cannot_be_looked_at_are_refused(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stated = {"docker_host": "tcp://node:2376", "tls": True, "validate_certs": False}
    stated |= dict.fromkeys(("ca_path", "client_cert", "client_key", "tls_hostname"))
    monkeypatch.setenv("DOCKER_CERT_PATH", "/certs")
    refusal = PermissionError(13, "Permission denied")
    monkeypatch.setattr(engine.pathlib.Path, "is_file", _raising(refusal))
    with pytest.raises(
        engine.errors.InvalidInput, match=r"^DOCKER_CERT_PATH: /certs/ca\.pem cannot"
    ):
        engine._tls(stated)  # noqa: SLF001  # before a connection is made


HALF = "s3cret\ud800"


def test_half_a_letter_to_copy_is_refused_without_being_shown(
    part: Callable[[str], Any], engine: Any
) -> None:
    options = {"mode": 0o644, "mode_parse": "modern", "owner_id": None, "group_id": None}
    options |= {"container_path": "/x", "force": None, "follow": False, "content_is_b64": False}
    wanted = part("copy_options").wanted
    (entry,) = wanted({**options, "content": "\udcff"}).entries
    assert entry.content == b"\xff"
    with pytest.raises(engine.errors.InvalidInput, match=r"^content cannot be written") as caught:
        wanted({**options, "content": HALF})
    assert "s3cret" not in str(caught.value)


def test_half_a_letter_to_send_is_refused_without_being_shown(
    part: Callable[[str], Any], engine: Any
) -> None:
    udp = {"port": 53, "send": HALF, "send_base64": None}
    conditions = ("log", "port", "http", "healthy", "exec", "exit", "file", "stable", "all", "any")
    with pytest.raises(engine.errors.InvalidInput, match=r"^udp\.send cannot be written") as caught:
        part("waiting").condition({**dict.fromkeys(conditions), "udp": udp})
    assert "s3cret" not in str(caught.value)


def test_half_a_letter_of_a_secret_is_refused_without_being_shown(
    part: Callable[[str], Any], engine: Any
) -> None:
    read = part("content_options")._data  # noqa: SLF001  # what is read
    options = {"data_src": None, "data_is_b64": False}
    assert read({**options, "data": "\udcff"}) == b"\xff"
    with pytest.raises(engine.errors.InvalidInput, match=r"^data cannot be written") as caught:
        read({**options, "data": HALF})
    assert "s3cret" not in str(caught.value)


def _raising(error: Exception) -> Callable[..., Any]:
    def fail(*_arguments: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("read", "option"),
    [
        (lambda part, path: part("content_options")._data({"data_src": path}), "data_src"),  # noqa: SLF001  # what is read
        (lambda part, path: part("stack_options")._file(path), "compose"),  # noqa: SLF001  # what is read
    ],
)
def test_a_file_whose_name_holds_a_nul_is_refused(
    engine: Any, part: Callable[[str], Any], read: Callable[..., Any], option: str
) -> None:
    with pytest.raises(
        engine.errors.InvalidInput, match=f"^{option}: a\0b cannot be read: embedded"
    ):
        read(part, "a\0b")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n  b: 1\n  c: 2\n  'b': 3\n", r": line 4: the key 'b' stands there twice"),
        ("a: {1: x, '1': y}", r": line 1: the key '1' stands there twice"),
        ('{"a": {"b": 1, "b": 2}}', r": the key 'b' stands there twice"),
    ],
)
def test_a_key_that_stands_twice_in_a_compose_file_is_named(
    engine: Any, part: Callable[[str], Any], tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "compose.yml"
    file.write_text(text)
    with pytest.raises(engine.errors.InvalidInput, match=rf"(?s)^compose: {file}:? ?{said}"):
        part("stack_options")._file(str(file))  # noqa: SLF001  # what is read


def test_what_is_merged_into_a_mapping_may_stand_there_as_well(
    part: Callable[[str], Any], tmp_path: Path
) -> None:
    file = tmp_path / "compose.yml"
    file.write_text("x-a: &a {k: 1}\nx-b: &b {<<: *a, k: 2}\nx-c: {<<: *b, k: 3}\n")
    read = part("stack_options")._file(str(file))  # noqa: SLF001  # what is read
    assert [one["k"] for one in read.values()] == [1, 2, 3]


def test_a_number_of_a_compose_file_with_too_many_digits_is_a_text(
    part: Callable[[str], Any], tmp_path: Path
) -> None:
    file = tmp_path / "compose.yml"
    numbers = [f"0x{'f' * 9000}", "9" * 9000]
    file.write_text(f"a: [0xf, {', '.join(numbers)}]")
    read = part("stack_options")._file(str(file))  # noqa: SLF001  # what is read
    assert read == {"a": [15, *numbers]}


def test_half_a_letter_cannot_be_the_input_of_a_command(
    engine: Any, part: Callable[[str], Any]
) -> None:
    params = {"argv": None, "command": "cat", "stdin": "SECRET\ud800", "stdin_add_newline": True}
    with pytest.raises(engine.errors.InvalidInput, match=r"^stdin cannot be written") as caught:
        part("compose").command(params)
    assert "SECRET" not in str(caught.value)


class Answer(Exception):
    """What a module ends with."""


class Module:
    """Stands in for Ansible's, without a program to end."""

    def __init__(self, **_rules: object) -> None:
        self.params: dict[str, Any] = {}

    def fail_json(self, **result: object) -> None:
        raise Answer(result)


def test_a_module_without_an_engine_ends_in_an_answer(engine: Any) -> None:
    with pytest.raises(Answer) as caught, engine.made_by(Module):
        engine.local_module({}, _raising(KeyError("name")))
    (result,) = caught.value.args
    assert result["msg"] == "This is a bug of pytest_engine.engine: KeyError: 'name'"
    assert "Traceback" in result["exception"]


COPY = {"content": "x", "content_is_b64": False, "mode": "0600", "mode_parse": "modern"}
COPY |= {"container_path": "/x", "force": None, "follow": False}


def test_what_is_copied_belongs_to_whom_both_ids_name(part: Callable[[str], Any]) -> None:
    for ids in ((0, 5), (None, None)):
        wanted = part("copy_options").wanted({**COPY, "owner_id": ids[0], "group_id": ids[1]})
        assert wanted.owner == (None if ids[0] is None else ids)


@pytest.mark.parametrize(
    ("user", "group", "said"),
    [
        (None, 5, "owner_id: it is null; state owner_id and group_id, or neither."),
        (5, None, "group_id: it is null; state owner_id and group_id, or neither."),
        (-1, 5, "owner_id: -1 is no id; ids begin at 0."),
        (0, -2, "group_id: -2 is no id; ids begin at 0."),
    ],
)
def test_ids_that_are_none_are_refused(
    part: Callable[[str], Any], engine: Any, user: int | None, group: int | None, said: str
) -> None:
    with pytest.raises(engine.errors.InvalidInput) as caught:
        part("copy_options").wanted({**COPY, "owner_id": user, "group_id": group})
    assert str(caught.value) == said


def test_a_line_that_is_no_yaml_is_not_shown(
    engine: Any, part: Callable[[str], Any], tmp_path: Path
) -> None:
    file = tmp_path / "compose.yml"
    file.write_text("a:\n  PASSWORD: 'S3CRET' more\n")
    with pytest.raises(engine.errors.InvalidInput) as caught:
        part("stack_options")._file(str(file))  # noqa: SLF001  # what is read
    assert str(caught.value).startswith(f"compose: {file} is no YAML: ")
    assert "in line 2" in str(caught.value)
    assert "S3CRET" not in str(caught.value)
