"""Compose projects, brought about by the Compose CLI.

What Compose makes of a Compose file only Compose knows, so it is run, and what it says it did is
read: `cli` finds and runs it, `project` says of which files, `events`, `json_events` and
`plain_events` read its progress, `projects` brings a project about, `one_off` runs commands in it.
"""
