"""Benchmarks of the collection: `make bench-collection`.

Tasks that have nothing to do, of this collection and of community.docker: in one run, by the same
Ansible and Python, on the lab's engine, in turn. What an amount of tasks costs is that of the
whole `ansible-playbook`; what one costs is a loop of many less a loop of one, each by itself.
`python -m tests.benchmarks.collection --help` tells how to measure a little of it.

- `cases.py` has the tasks, and what each is to reach.
- `playing.py` runs playbooks and takes their time.
- `packing.py` is a program that packs a module as Ansible does, for the environment that holds
  both collections.
- `measuring.py` measures one case, `page.py` shows.
"""
