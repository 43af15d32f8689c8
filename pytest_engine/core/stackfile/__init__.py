"""What a Compose file says of a stack: read, put together, and turned into specifications.

Names are imported from the modules that define them.
"""
