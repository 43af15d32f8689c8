"""Benchmarks of the modules for a swarm: `make bench-swarm`.

A swarm of three nodes in containers of the lab's engine, with more and more services. What is
asked of a manager is counted by a proxy in front of its socket, and what `ansible-playbook` takes
is measured. `python -m tests.benchmarks.swarm --help` tells how to measure a little of it.

- `nodes.py` has the swarm.
- `measuring.py` fills it and measures, `page.py` shows.
"""
