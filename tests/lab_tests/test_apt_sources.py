"""The sources of packages for images, from what apt prints about this machine's own."""

from __future__ import annotations

from tests.lab.apt_sources import AptSources, parse_apt_sources, proxy_arguments

_DUMP = """\
APT "";
Acquire::http "";
Acquire::http::Proxy "http://proxy.example:3128";
Acquire::http::Proxy::mirror.example "DIRECT";
Acquire::https::CaInfo "/etc/ssl/ours.pem";
Acquire::Check-Valid-Until "false";
APT::Install-Recommends "true";
"""


def test_mirrors_and_proxies_of_the_machine_are_taken_over() -> None:
    targets = [
        "http://mirror.example/debian trixie main",
        "http://mirror.example/debian trixie contrib",
        "http://mirror.example/debian trixie-updates main",
        "http://mirror.example/security trixie-security main",
    ]
    assert parse_apt_sources(targets, _DUMP, "bookworm") == AptSources(
        mirror="http://mirror.example/debian",
        sources=(
            "deb http://mirror.example/debian bookworm main\n"
            "deb http://mirror.example/debian bookworm-updates main\n"
            "deb http://mirror.example/security bookworm-security main\n"
        ),
        configuration=(
            'Acquire::http::Proxy "http://proxy.example:3128";\n'
            'Acquire::http::Proxy::mirror.example "DIRECT";\n'
            'Acquire::Check-Valid-Until "false";\n'
        ),
    )


def test_without_sources_nothing_is_taken_over() -> None:
    assert parse_apt_sources([], "", "bookworm") == AptSources("", "", "")


def test_mirrors_over_tls_need_certificates() -> None:
    apt = parse_apt_sources(["https://mirror.example/debian bookworm main"], "", "bookworm")
    assert apt.needs_certificates
    assert not parse_apt_sources([], "", "bookworm").needs_certificates


def test_builds_use_the_proxies_that_a_container_can_reach() -> None:
    environ = {
        "http_proxy": "http://me:secret@proxy.example:3128",
        "https_proxy": "http://127.0.0.1:3128",
        "no_proxy": "localhost,.example",
        "PATH": "/bin",
    }
    assert proxy_arguments(environ) == {
        "http_proxy": "http://me:secret@proxy.example:3128",
        "no_proxy": "localhost,.example",
    }
