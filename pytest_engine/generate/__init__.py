"""Programs of the project that write modules of the core from the Engine API's description.

Nothing imports them; what they read is JSON made from the Engine's swagger files:

    python -m pytest_engine.generate types v1.55.json --changes changes.json --older v1.41.json
    python -m pytest_engine.generate operations v1.55.json --changes changes.json

The description of a version holds `definitions` (name -> schema) and `operations` (`id`,
`method`, `path`, `params`, `body`, `responses`). A schema has `type`, `enum`, `nullable`,
`items`, `fields`, `map_of`, `all_of`, or only `ref`. The changes say in which versions each
operation, parameter and field exists: a span `[first, gone]`, several of them, or 1 for the
span of what it belongs to. Older descriptions supply the fields that newer ones have dropped.
"""
