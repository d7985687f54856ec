"""Reads and works a program as a screen reader does: over AT-SPI, from another process, without knowing what it is made
of. Nothing of ours is imported here.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress, MessageType, Properties, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

_ACCESSIBLE, _ACTION = "org.a11y.atspi.Accessible", "org.a11y.atspi.Action"
_TEXT, _EDITABLE = "org.a11y.atspi.Text", "org.a11y.atspi.EditableText"
_ACTIVE, _FOCUSABLE, _FOCUSED, _SHOWING = 1, 11, 12, 25
_WINDOW = 2
"""How deep a window lies: below the program, which lies below the desktop."""
_KEY_SYMBOL = 3
_KEYS = {"Enter": 0xFF0D, "Tab": 0xFF09, "Esc": 0xFF1B} | {f"F{n}": 0xFFBD + n for n in range(1, 13)}
_WAIT_S = 40.0
_REST_S = 0.7
_BETWEEN_KEYS_S = 0.05
"""A hand's pace: faster is a scanner's."""


class NotThere(Exception):
    """Nothing of that role and name is shown."""


@dataclass(frozen=True, slots=True)
class Node:
    """One thing on the screen, as it is told. `path` and `bus` say where to ask for more."""

    bus: str
    path: str
    role: str
    name: str
    description: str
    states: frozenset[int]
    depth: int

    @property
    def is_focusable(self) -> bool:
        """Whether the keyboard can go there."""
        return _FOCUSABLE in self.states and _SHOWING in self.states

    @property
    def is_focused(self) -> bool:
        """Whether the keyboard is there."""
        return _FOCUSED in self.states

    @property
    def is_active(self) -> bool:
        """Whether it is the window that gets the keys."""
        return _ACTIVE in self.states

    @property
    def is_shown(self) -> bool:
        """Whether it can be seen."""
        return _SHOWING in self.states


class Screen:
    """The accessibility bus of this session, and the one program on it."""

    def __init__(self, address: str) -> None:
        """`address` is that of the session's bus."""
        session = open_dbus_connection(bus=address)
        where = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
        accessibility = session.send_and_get_reply(new_method_call(where, "GetAddress")).body[0]
        session.close()
        self._bus: DBusConnection = open_dbus_connection(bus=accessibility)

    def close(self) -> None:
        """Leave the bus."""
        self._bus.close()

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────

    def nodes(self) -> list[Node]:
        """Everything, top to bottom."""
        return list(self._under("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root", 0))

    def shown(self) -> list[Node]:
        """Everything that can be seen, as a person would be told it."""
        return [node for node in self.nodes() if node.is_shown]

    def text(self) -> str:
        """All words on the screen, with what the fields hold, a line each."""
        lines = []
        for node in self.shown():
            lines.append(f"{node.role}: {node.name} {node.description}".strip())
            with contextlib.suppress(NotThere):
                lines.append(self.value(node))
        return "\n".join(lines)

    def find(self, role: str, name: str) -> Node:
        """The one of that role whose name begins so; waits for it. Raises NotThere."""
        end = time.monotonic() + _WAIT_S
        while time.monotonic() < end:
            with contextlib.suppress(TimeoutError):  # Too busy to answer: not there yet.
                fitting = [node for node in self.shown() if node.role == role and node.name.startswith(name)]
                if fitting:
                    return fitting[0]
            time.sleep(0.1)
        raise NotThere(f"{role} {name!r}; there is:\n{self.text()}")

    def wait(self, what: Callable[[], bool]) -> None:
        """Wait until something is so. Raises NotThere."""
        end = time.monotonic() + _WAIT_S
        while not what():
            if time.monotonic() > end:
                raise NotThere(self.text())
            time.sleep(0.1)

    def value(self, node: Node) -> str:
        """What a field holds. Raises NotThere for what holds no text."""
        return str(self._ask(node.bus, node.path, _TEXT, "GetText", "ii", (0, -1))[0])

    # ── working ──────────────────────────────────────────────────────────────────────────────────────────────────

    def press(self, name: str) -> None:
        """Press the button whose name begins so."""
        node = self.find("push button", name)
        for place in range(int(self._property(node.bus, node.path, _ACTION, "NActions"))):
            if self._ask(node.bus, node.path, _ACTION, "GetName", "i", (place,))[0] == "Press":
                self._ask(node.bus, node.path, _ACTION, "DoAction", "i", (place,))
                return
        raise NotThere(f"{name!r} cannot be pressed")

    def write(self, name: str, text: str, role: str = "text") -> None:
        """Put text into the field whose name begins so."""
        node = self.find(role, name)
        self._ask(node.bus, node.path, _EDITABLE, "SetTextContents", "s", (text,))

    def type(self, text: str) -> None:
        """Press the keys of a text, which goes where the keyboard is."""
        for letter in text:
            self._key(ord(letter))

    def key(self, *names: str) -> None:
        """Press keys by name."""
        for name in names:
            self._key(_KEYS[name])

    def rest(self) -> None:
        """Let the time pass in which a second press would be taken for the first (UX 2.0)."""
        time.sleep(_REST_S)

    def _key(self, symbol: int) -> None:
        where = "/org/a11y/atspi/registry/deviceeventcontroller"
        body = (symbol, "", _KEY_SYMBOL)
        device = "org.a11y.atspi.DeviceEventController"
        self._ask("org.a11y.atspi.Registry", where, device, "GenerateKeyboardEvent", "isu", body)
        time.sleep(_BETWEEN_KEYS_S)

    # ── the bus ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _under(self, bus: str, path: str, depth: int) -> Iterator[Node]:
        """What is there and below; nothing lies below what cannot be seen that could be."""
        try:
            if depth:
                node = self._node(bus, path, depth)
                yield node
                if depth >= _WINDOW and not node.is_shown:
                    return
            children = self._ask(bus, path, _ACCESSIBLE, "GetChildren")[0]
        except NotThere:
            return  # It has gone since.
        for child_bus, child_path in children:
            yield from self._under(child_bus, child_path, depth + 1)

    def _node(self, bus: str, path: str, depth: int) -> Node:
        low, high = self._ask(bus, path, _ACCESSIBLE, "GetState")[0]
        states = low | high << 32
        return Node(
            bus,
            path,
            str(self._ask(bus, path, _ACCESSIBLE, "GetRoleName")[0]),
            str(self._property(bus, path, _ACCESSIBLE, "Name")),
            str(self._property(bus, path, _ACCESSIBLE, "Description")),
            frozenset(state for state in range(64) if states >> state & 1),
            depth,
        )

    def _property(self, bus: str, path: str, interface: str, name: str) -> Any:
        reply = self._bus.send_and_get_reply(Properties(DBusAddress(path, bus, interface)).get(name), timeout=5)
        return reply.body[0][1]

    def _ask(self, bus: str, path: str, interface: str, method: str, form: str = "", body: tuple[Any, ...] = ()) -> Any:
        message = new_method_call(DBusAddress(path, bus, interface), method, form or None, body)
        reply = self._bus.send_and_get_reply(message, timeout=5)
        if reply.header.message_type is MessageType.error:
            raise NotThere(method)
        return reply.body
