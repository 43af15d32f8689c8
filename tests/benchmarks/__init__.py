"""Benchmarks of the core's client: `make bench`, or `python -m tests.benchmarks --help`.

A run measures this client, docker-py's low-level one, aiodocker and a bare `http.client` on the
same socket of the lab's engine, and prints a table; `make bench` also writes it to
docs/benchmarks.md. Nothing here is a test: a timing is a fact about a machine at a moment, so none
is asserted. To try something out, measure a little of it:

    python -m tests.benchmarks --case ping --case inspect --scale 0.1

How it measures: a case is measured in rounds, in each of which every contestant has its turn, and
begins in turn. A ratio is made within its round, where all met the same machine, and the median
of at least seven rounds is what the table shows.

- `clients/` has one file for each contestant, all with the methods of `Client`.
- `cases/` has the cases. A new one is a function `(stage, client) -> seconds, bytes ...` and one
  `Case(...)` in the list at the end of its file.
- `stage.py` makes what they need on the engine and removes it.
- `rounds.py` measures, `table.py` and `page.py` show, `shares.py` profiles what misses its target.
- `collection/` measures the Ansible collection instead, and `plugin/` the pytest plugin, each in
  a way of its own.
"""
