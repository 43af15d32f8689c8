"""The only place that knows `requests`: bytes to and from an engine over HTTP.

`Transport.request` serves short calls from one pool per engine; `Transport.stream`
gives long answers, and upgraded (hijacked) connections, a socket of their own.
"""

from __future__ import annotations

from .http import Answer, Transport
from .stream import Stream

__all__ = ["Answer", "Stream", "Transport"]
