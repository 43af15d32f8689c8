"""Whose a thing on an engine is, whether its run is over, and what becomes of it then.

Nothing here knows pytest: the reaper and `python -m pytest_engine` run without it. Read
`folders` first (the proof), then `labels`, `removal`, `burial` (what happens to a dead run),
`reaper` (the process that waits for the end) and `sweep` (what people call).
"""
