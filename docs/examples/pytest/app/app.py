"""A small web service that answers with values from Redis."""

import os
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REDIS_HOST, REDIS_PORT = os.environ["REDIS"].split(":")


def ask_redis(key):
    """Get a value, in Redis's own protocol: `$5` is followed by five bytes, `$-1` by nothing."""
    with socket.create_connection((REDIS_HOST, int(REDIS_PORT)), timeout=5) as connection:
        connection.sendall(f"GET {key}\r\n".encode())
        with connection.makefile("rb") as answer:
            length = int(answer.readline()[1:])
            return answer.read(length) if length >= 0 else None


class Handler(BaseHTTPRequestHandler):
    """Answers `/health`, and `/KEY` with the value of that key."""

    def do_GET(self):
        """Answer one request."""
        key = self.path.lstrip("/")
        value = b"ok" if key == "health" else ask_redis(key)
        self.send_response(404 if value is None else 200)
        self.end_headers()
        self.wfile.write(value or b"")


if __name__ == "__main__":
    ThreadingHTTPServer(("", 8000), Handler).serve_forever()
