"""Benchmarks of the pytest plugin: `make bench-plugin`.

Runs of pytest that start containers: with this plugin's fixtures, with testcontainers-python's
classes in fixtures, with pytest-docker-tools, and with the Engine API by hand, which is what
nobody undercuts. All have the same tests, image and engine, and run in turn in an environment of
their own, each with no other plugin than the one that is measured.
`python -m tests.benchmarks.plugin --help` tells how to measure a little of it.

- `projects.py` has the fixtures of each contestant, and the tests that they share.
- `by_hand.py` is the Engine API by hand, `clock.py` the plugin that takes the time.
- `cases.py` has what is measured, and what it is to reach.
- `running.py` runs pytest, `measuring.py` measures in rounds, `page.py` shows.
"""
