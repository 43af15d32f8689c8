"""Which port of a container is asked, and where that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .reach import Address, address_of, own_address, published_ports, why_no_address

if TYPE_CHECKING:
    from .facts import Facts

__all__ = ["find_target", "unreachable", "why_no_target"]


def find_target(facts: Facts, port: int | None) -> Address | None:
    """Find the address to ask; None: there is none, which `why_no_target` explains.

    Args:
        facts: the container.
        port: the TCP port in it; None: the only one that is published.
    """
    number = _number(facts, port)
    if number is None:
        return None
    # What is published is what the tests will ask, so it is tried first.
    return address_of(facts, number) or own_address(facts, number)


def why_no_target(facts: Facts, port: int | None) -> str | None:
    """Say why there is no address to ask; None: there is one."""
    if find_target(facts, port) is not None:
        return None
    number = _number(facts, port)
    if number is None:
        ports = ", ".join(published_ports(facts.inspected)) or "none"
        return f"which port to ask is not clear (published: {ports}); state port="
    return unreachable(facts, number)


def unreachable(facts: Facts, number: int, protocol: str = "tcp") -> str:
    """Say why neither a published port nor the container's own one is reached from here."""
    if f"{number}/{protocol}" in published_ports(facts.inspected):
        return why_no_address(facts, number, protocol)
    return (
        f"port {number} is not published, and the container's own address cannot be "
        "reached from here"
    )


def _number(facts: Facts, port: int | None) -> int | None:
    if port is not None:
        return port
    published = [name for name in published_ports(facts.inspected) if name.endswith("/tcp")]
    return int(published[0].partition("/")[0]) if len(published) == 1 else None
