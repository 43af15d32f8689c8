"""What a private engine does to the machine's firewall, and how it is undone.

A dockerd adds rules to the tables that it shares with everybody: jumps into chains called
`DOCKER...`, and rules for each of its bridges. It removes few of them when it stops, and
when it starts it *empties* the `DOCKER...` chains of every other engine in the same network
namespace (seen with 20.10). So around a private engine's life its rules are taken out again,
and those of others are put back.

Everything that decides is a pure function over the text of `iptables-save`.
"""

from __future__ import annotations

import ipaddress
import re
import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ..errors import EngineError
from .commands import run

__all__ = [
    "FAMILIES",
    "Rule",
    "Table",
    "apply",
    "engine_chains",
    "idle_chains",
    "jumps_into",
    "lost_rules",
    "parse_rules",
    "read_tables",
    "removal_script",
    "restoring_script",
    "rules_about",
]

FAMILIES = ("iptables", "ip6tables")
_ENGINE_CHAIN = re.compile(r"DOCKER(-|$)")
_INTERFACE_OPTIONS = ("-i", "-o", "--physdev-in", "--physdev-out")
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")


@dataclass(frozen=True)
class Rule:
    """One rule of a chain.

    Attributes:
        chain: the chain's name.
        spec: matches and target, as `iptables-save` prints them.
    """

    chain: str
    spec: str

    @property
    def words(self) -> list[str]:
        """The rule as arguments of `iptables`."""
        return shlex.split(self.spec)

    @property
    def target(self) -> str:
        """The chain or verdict that it leads to, empty if it only counts."""
        words = self.words
        for option in ("-j", "-g"):
            if option in words:
                return words[words.index(option) + 1]
        return ""


@dataclass
class Table:
    """The chains of one table.

    Attributes:
        policies: chain -> `ACCEPT` or `DROP`; `-` for chains that somebody made.
        rules: all rules in their order.
    """

    policies: dict[str, str] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)

    def of_chain(self, chain: str) -> list[Rule]:
        """The rules of one chain, in order."""
        return [rule for rule in self.rules if rule.chain == chain]


def parse_rules(text: str) -> dict[str, Table]:
    """Read the output of `iptables-save`: table -> its chains and rules."""
    tables: dict[str, Table] = {}
    table = Table()
    for line in text.splitlines():
        if line.startswith("*"):
            table = tables.setdefault(line[1:].strip(), Table())
        elif line.startswith(":"):
            chain, policy, *_ = line[1:].split()
            table.policies[chain] = policy
        elif line.startswith("-A "):
            _, chain, spec = line.split(" ", 2)
            table.rules.append(Rule(chain, spec))
    return tables


def rules_about(
    table: Table, interfaces: Collection[str], networks: Collection[ipaddress.IPv4Network]
) -> list[Rule]:
    """Pick the rules that name one of the interfaces or an address in one of the networks."""
    return [r for r in table.rules if _is_about(r.words, interfaces, networks)]


def _is_about(
    words: list[str], interfaces: Collection[str], networks: Collection[ipaddress.IPv4Network]
) -> bool:
    for option, value in zip(words, words[1:]):
        if option in _INTERFACE_OPTIONS and value in interfaces:
            return True
        # -s 198.18.0.0/25, --to-destination 198.18.0.2:80, --to-source 198.18.0.1-198.18.0.9
        if option in ("-s", "-d") or option.startswith("--to-"):
            for text in _ADDRESS.findall(value):
                address = ipaddress.IPv4Address(text)
                if any(address in network for network in networks):
                    return True
    return False


def engine_chains(table: Table) -> set[str]:
    """Find the chains that engines make for themselves, of whichever engine."""
    return {chain for chain in table.policies if _ENGINE_CHAIN.match(chain)}


def idle_chains(table: Table, keep: Collection[str] = ()) -> list[str]:
    """Find engines' chains that have no effect: all they do is return, or visit one another.

    Args:
        table: the table to look at.
        keep: chains that are to stay whatever they hold.
    """
    idle = engine_chains(table) - set(keep)
    while True:
        busy = {
            rule.chain
            for rule in table.rules
            if rule.chain in idle and rule.target not in idle | {"RETURN"}
        }
        if not busy:
            return sorted(idle)
        idle -= busy


def removal_script(rules: Mapping[str, list[Rule]], chains: Mapping[str, list[str]]) -> str:
    """Write the input of `iptables-restore --noflush` that deletes rules and chains.

    Args:
        rules: table -> rules to delete.
        chains: table -> chains to empty and delete, after the rules.
    """
    lines = []
    for table in sorted({*rules, *chains}):
        lines.append(f"*{table}")
        lines += [f"-D {rule.chain} {rule.spec}" for rule in rules.get(table, ())]
        lines += [f"-F {chain}" for chain in chains.get(table, ())]
        lines += [f"-X {chain}" for chain in chains.get(table, ())]
        lines.append("COMMIT")
    return "".join(f"{line}\n" for line in lines)


def lost_rules(before: Mapping[str, Table], after: Mapping[str, Table]) -> dict[str, list[Rule]]:
    """Find the rules that were there before and are not any more: table -> rules."""
    lost: dict[str, list[Rule]] = {}
    for name, table in before.items():
        present = Counter(after[name].rules) if name in after else Counter()
        for rule in table.rules:
            if present[rule] > 0:
                present[rule] -= 1
            else:
                lost.setdefault(name, []).append(rule)
    return lost


def restoring_script(lost: Mapping[str, list[Rule]], after: Mapping[str, Table]) -> str:
    """Write the input of `iptables-restore --noflush` that puts lost rules back.

    They go to the head of their chains in their old order: engines end their chains with a
    RETURN, behind which nothing is reached.
    """
    lines = []
    for name, rules in lost.items():
        lines.append(f"*{name}")
        chains = after[name].policies if name in after else {}
        lines += [f":{chain} - [0:0]" for chain in sorted({r.chain for r in rules} - set(chains))]
        position: Counter[str] = Counter()
        for rule in rules:
            position[rule.chain] += 1
            lines.append(f"-I {rule.chain} {position[rule.chain]} {rule.spec}")
        lines.append("COMMIT")
    return "".join(f"{line}\n" for line in lines)


def read_tables(family: str) -> dict[str, Table]:
    """Read all tables of one family (`iptables`, `ip6tables`).

    A kernel without IPv6 has no tables of that family, which counts as having no rules.
    """
    try:
        return parse_rules(run([f"{family}-save"]))
    except EngineError:
        if family == "ip6tables":
            return {}
        raise


def apply(family: str, script: str) -> str | None:
    """Hand a script to `iptables-restore`; return what went wrong, or None.

    A table is changed at once or not at all. A rule that went away meanwhile spoils that,
    and then the lines are tried one by one.
    """
    command = [f"{family}-restore", "--noflush", "--wait"]
    if not script:
        return None
    try:
        run(command, script)
    except EngineError:
        failures = []
        table = ""
        for line in script.splitlines():
            if line.startswith("*"):
                table = line
            elif line != "COMMIT":
                try:
                    run(command, f"{table}\n{line}\nCOMMIT\n")
                except EngineError as error:
                    failures.append(f"{family} {table[1:]}: {line}: {error}")
        return "; ".join(failures) or None
    return None


def jumps_into(table: Table, chains: Iterable[str]) -> list[Rule]:
    """Find the rules that lead into the given chains from elsewhere."""
    inside = set(chains)
    return [r for r in table.rules if r.target in inside and r.chain not in inside]
