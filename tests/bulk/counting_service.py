"""A process of its own that plays SessionM and Braze and counts what it processed.

Usage: counting_service.py LATENCY_SECONDS.  Prints its port.  ``GET /counts`` gives
how often each customer was tagged, each recipient sent to and each wallet read;
``POST /reset`` forgets, and makes the credentials expire after ``expires_after``
requests.  A request to somebody whose name begins with ``bad`` is refused.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import json
import sys


class Service:
    def __init__(self, latency):
        self.latency = latency
        self.counts = collections.Counter()
        self.requests = 0
        self.connections = 0
        self.expires_after = float("inf")

    async def serve(self):
        """Listen on a free port and print it."""
        server = await asyncio.start_server(self.connected, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
        await server.serve_forever()

    async def connected(self, reader, writer):
        """Answer the requests of one connection."""
        self.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                lines = head.decode().split("\r\n")
                method, path, _ = lines[0].split(" ")
                size = next(
                    (
                        int(line.partition(":")[2])
                        for line in lines
                        if line.lower().startswith("content-length:")
                    ),
                    0,
                )
                body = json.loads(await reader.readexactly(size) or b"null")
                status, answer = await self.answer(method, path, body)
                data = json.dumps(answer).encode()
                writer.write(
                    b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n%b" % (status, len(data), data)
                )
        writer.close()

    async def answer(self, method, path, body):
        """Process a request; half the latency passes before, half after it."""
        if method == "GET":
            return 200, {
                "counts": self.counts,
                "requests": self.requests,
                "connections": self.connections,
            }
        if path == "/reset":
            self.counts.clear()
            self.requests = 0
            self.expires_after = body.get("expires_after", float("inf"))
            return 200, {"status": "ok"}
        self.requests += 1
        expired = self.requests > self.expires_after
        await asyncio.sleep(self.latency / 2)
        if expired:
            return 401, {"status": "error", "errors": {"code": "invalid_auth_token"}}
        if path.endswith("/trigger/send"):
            people = [recipient["external_user_id"] for recipient in body["recipients"]]
            if any(person.startswith("bad") for person in people):
                return 400, {"message": "Bad recipient"}
            self.counts.update(people)
            answer = 201, {"message": "success", "dispatch_id": f"{self.requests:032x}"}
        elif path.endswith("/get_user_offers"):
            self.counts[body["user_id"]] += 1
            offers = [{"offer_id": "o-1", "description": "é" * 9000}]
            payload = {"user_id": body["user_id"], "user_offers": offers}
            answer = 200, {"status": "ok", "payload": payload}
        else:
            self.counts[path.split("/")[-2]] += 1
            answer = 200, {"status": "ok"}
        await asyncio.sleep(self.latency / 2)
        return answer


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(Service(float(sys.argv[1])).serve())
