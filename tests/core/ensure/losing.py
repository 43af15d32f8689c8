"""A way to an engine on which an answer gets lost."""

from __future__ import annotations

import contextlib
import socket

from tests.request_log import RequestLog


class Losing(RequestLog):
    """Passes a request on, and ends the connection when its answer comes, or before that.

    Attributes:
        request: the method and path of that request; those after it are answered.
        early: do not wait for the answer, but for what ends the request.
        words: answer so before the connection ends.
    """

    request = ""
    early = b""
    words = b""
    _is_here = False

    def _note(self, data: bytes) -> None:
        super()._note(data)
        if self.request and data.startswith(self.request.encode()):
            self._is_here, self.request = True, ""

    def _pump(self, source: socket.socket, target: socket.socket, requests: bool) -> None:  # noqa: FBT001  # as there
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if requests:
                    self._note(data)
                    target.sendall(data)
                    if self.early and self._is_here and data.endswith(self.early):
                        self._is_here = False
                        source.sendall(self.words)
                        source.shutdown(socket.SHUT_RDWR)
                elif self._is_here:
                    self._is_here = False
                    target.sendall(self.words)
                    break
                else:
                    target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR if requests else socket.SHUT_RDWR)
