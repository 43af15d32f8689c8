"""The core: a client of the Docker Engine API and what brings an engine to a wanted state.

It knows neither pytest nor Ansible, imports itself by relative paths only and carries no
data files, so that it can travel to an Ansible target.
"""
