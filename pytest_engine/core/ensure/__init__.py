"""Wanted state -> difference -> actions -> outcome: one algorithm, one kind per resource.

Names are imported from the modules that define them, so that nobody loads kinds that he does not
use: an Ansible task compiles anew whatever it imports.
"""
