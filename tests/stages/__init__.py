"""The stages behind `make test` and its like: what there is to run, running it, counting it.

`plan.py` lists the stages of each goal, `run.py` runs them and reports, `counts.py` reads what
pytest leaves. `python -m tests.stages --help` names the goals.
"""
