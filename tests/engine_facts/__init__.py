"""What engines do not do alike: measured, and written into docs/reference/engines.md.

`make engines-table` measures on every engine of the lab and writes the table; a test on each of
them holds the page against it (`tests/core/test_engine_facts.py`).

- `fact.py` says what a fact is, and gives its probe the engine and names for what it makes.
- `engine.py`, `containers.py`, `output.py`, `images.py` and `answers.py` have the facts. A new one
  is a function `(ground) -> what this engine does, in a few words` with `@TOPIC.fact("...")`.
- `versions.py` says what came into the API and left it, by the table of operations.
- `page.py` reads and writes the page.
"""

from __future__ import annotations

from . import answers, containers, engine, images, output
from .fact import Fact, Ground, heading

__all__ = ["FACTS", "Fact", "Ground", "heading"]

# In the order of the page.
FACTS = [
    fact
    for topic in (engine.TOPIC, containers.TOPIC, output.TOPIC, images.TOPIC, answers.TOPIC)
    for fact in topic.facts
]
