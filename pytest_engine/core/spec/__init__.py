"""Wanted state as dataclasses; None means "not stated", never "empty".

A spec reads what people write in several forms, refuses what cannot be right, and
writes the Engine's JSON. It knows nothing of what exists. Names are imported from the modules that
define them, as those of `ensure` are.
"""
