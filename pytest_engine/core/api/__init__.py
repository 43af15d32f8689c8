"""One module per resource of the Engine API, one method per operation.

Plain JSON goes in and comes out, in the Engine's own spelling; nothing is renamed,
filled in or left out, so that fields of newer engines survive.
"""
