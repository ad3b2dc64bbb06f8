"""The two things that run calls: one blocks its thread, the other awaits."""

from __future__ import annotations

import asyncio
import os
import ssl
import time
import uuid
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO, TypeVar, cast
from urllib.parse import quote

import httpx

from lynx._calls import Call, Lost, Payload, Request, Response, Sleep

T = TypeVar("T")

# Reading is slow where the control plane computes or a disk is busy; connecting to a machine that is there is not.
TIMEOUT = httpx.Timeout(120.0, connect=10.0)


def _verification(ca_file: str | os.PathLike[str] | None) -> ssl.SSLContext | bool:
    return True if ca_file is None else ssl.create_default_context(cafile=os.fspath(ca_file))


def checked(url: str) -> str:
    """Raises `ValueError` for what is no URL of a control plane."""
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"'{url}' is no URL of a control plane; give one such as http://127.0.0.1:8080")
    return url.rstrip("/")


def _headers(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def _lost(error: httpx.TransportError) -> Lost:
    was_sent = not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
    return Lost(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__, was_sent)


def _build(client: httpx.Client | httpx.AsyncClient, request: Request) -> httpx.Request:
    # Spaces are `%20`: a plus sign, as forms have it, is one in a URL (RFC 3986).
    query = "&".join(
        f"{name}={quote(str(value), safe='')}" for name, value in request.query.items() if value is not None
    )
    url = f"{request.path}?{query}" if query else request.path
    headers = dict(request.headers)
    if request.content is None:
        return client.build_request(request.method, url, json=request.body, headers=headers)
    headers["Content-Length"] = str(len(request.content))
    return client.build_request(request.method, url, content=_content(client, request.content), headers=headers)


def _content(
    client: httpx.Client | httpx.AsyncClient, content: Payload
) -> bytes | Iterable[bytes] | AsyncIterable[bytes]:
    if isinstance(content, bytes) or isinstance(client, httpx.Client):
        return content
    return _awaited(content)


async def _awaited(content: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


@contextmanager
def _partial(to: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name only when it is whole."""
    part = to.with_name(f".{to.name}.{uuid.uuid4().hex[:8]}")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)


class Client:
    """Runs calls in the caller's thread; any number of threads may use one."""

    def __init__(self, url: str, token: str | None = None, ca_file: str | os.PathLike[str] | None = None) -> None:
        self._http = httpx.Client(
            base_url=checked(url), headers=_headers(token), timeout=TIMEOUT, verify=_verification(ca_file)
        )

    def run(self, call: Call[T]) -> T:
        try:
            effect = next(call)
            while True:
                if isinstance(effect, Sleep):
                    time.sleep(effect.seconds)
                    effect = call.send(None)
                    continue
                try:
                    response = self._send(effect)
                except Lost as lost:
                    effect = call.throw(lost)
                else:
                    effect = call.send(response)
        except StopIteration as end:
            return cast("T", end.value)

    def _send(self, request: Request) -> Response:
        try:
            answer = self._http.send(_build(self._http, request), stream=True)
            try:
                if request.to is not None and answer.status_code == 200:
                    with _partial(request.to) as file:
                        for block in answer.iter_bytes():
                            file.write(block)
                    return Response(200, b"", answer.headers)
                return Response(answer.status_code, answer.read(), answer.headers)
            finally:
                answer.close()
        except httpx.TransportError as error:
            raise _lost(error) from error

    def close(self) -> None:
        self._http.close()


class AsyncClient:
    """Runs calls in the event loop that it is first used in."""

    def __init__(self, url: str, token: str | None = None, ca_file: str | os.PathLike[str] | None = None) -> None:
        self._http = httpx.AsyncClient(
            base_url=checked(url), headers=_headers(token), timeout=TIMEOUT, verify=_verification(ca_file)
        )

    async def run(self, call: Call[T]) -> T:
        try:
            effect = next(call)
            while True:
                if isinstance(effect, Sleep):
                    await asyncio.sleep(effect.seconds)
                    effect = call.send(None)
                    continue
                try:
                    response = await self._send(effect)
                except Lost as lost:
                    effect = call.throw(lost)
                else:
                    effect = call.send(response)
        except StopIteration as end:
            return cast("T", end.value)
        finally:
            call.close()

    async def _send(self, request: Request) -> Response:
        try:
            async with self._opened(request) as answer:
                if request.to is not None and answer.status_code == 200:
                    with _partial(request.to) as file:
                        async for block in answer.aiter_bytes():
                            file.write(block)
                    return Response(200, b"", answer.headers)
                return Response(answer.status_code, await answer.aread(), answer.headers)
        except httpx.TransportError as error:
            raise _lost(error) from error

    @asynccontextmanager
    async def _opened(self, request: Request) -> AsyncIterator[httpx.Response]:
        answer = await self._http.send(_build(self._http, request), stream=True)
        try:
            yield answer
        finally:
            await answer.aclose()

    async def close(self) -> None:
        await self._http.aclose()
