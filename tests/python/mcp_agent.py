"""The official MCP client on a real `oneclaw mcp serve`, with a tap on every byte that crosses the pipes."""

import json
import tempfile
from contextlib import ExitStack
from pathlib import Path

import anyio.from_thread
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from vault_process import ONECLAW, Home

# Copies standard input, output and error of the server to files on the way.
_TAP = 'tap=$0; tee "$tap/in" | "$@" 2>"$tap/err" | tee "$tap/out"'


class McpAgent:
    """An agent's side of MCP. Use it in a `with` block."""

    def __init__(self, home: Home, *options: str, command: tuple[str, ...] = (ONECLAW, "mcp", "serve"), **environment: str):
        self._stack = ExitStack()
        self._tap = Path(tempfile.mkdtemp(prefix="tap-", dir=home.directory))
        self._parameters = StdioServerParameters(
            command="sh",
            args=["-c", _TAP, str(self._tap), *command, *options],
            env=home.environment(**environment),
        )

    def __enter__(self) -> "McpAgent":
        self._portal = self._stack.enter_context(anyio.from_thread.start_blocking_portal())
        streams = self._stack.enter_context(self._portal.wrap_async_context_manager(stdio_client(self._parameters)))
        self._session = self._stack.enter_context(
            self._portal.wrap_async_context_manager(ClientSession(*streams))
        )
        self.server = self._portal.call(self._session.initialize)
        return self

    def __exit__(self, *exception) -> None:
        # A failed assertion is not the session's business: passed on, it would come back wrapped in groups.
        self._stack.close()

    def call(self, tool: str, **arguments) -> tuple[str, bool]:
        """Calls a tool: everything that a model would see of the result, and whether it is an error."""
        result = self._portal.call(self._session.call_tool, tool, arguments)
        parts = [getattr(item, "text", None) or item.model_dump_json() for item in result.content]
        if result.structured_content is not None:
            parts.append(json.dumps(result.structured_content))
        return "\n".join(parts), result.is_error

    def tools(self) -> list[str]:
        """The names of the tools."""
        return [tool.name for tool in self._portal.call(self._session.list_tools).tools]

    def answered(self) -> bytes:
        """Every byte that the server has written so far, to standard output and to standard error."""
        return b"\n".join((self._tap / name).read_bytes() for name in ("out", "err"))
