"""The shapes of the Engine's JSON, one ``TypedDict`` per definition of the Engine API.

They live in :mod:`pytest_engine.core.types.engine`, which is generated and long: import it
under ``TYPE_CHECKING`` only, so that nobody pays for it at run time.
"""
