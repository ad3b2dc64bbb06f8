"""One MAVLink link: a UDP port, whoever spoke to it first, and the messages that go there at their rates."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping

from pymavlink.dialects.v20 import common

from .messages import BUILDERS, Place
from .vehicle import Vehicle


class Link:
    def __init__(
        self, port: int, remote_port: int, system_id: int, rates: Mapping[int, float], has_partner: bool = False
    ) -> None:
        self.port = port
        self.is_silent = False
        self._partner = ("127.0.0.1", remote_port)
        self._has_partner = has_partner
        self._mavlink = common.MAVLink(None, srcSystem=system_id, srcComponent=1)
        self._mavlink.robust_parsing = True
        self._default_rates = rates
        self._intervals_s = {message: 1 / rate for message, rate in rates.items()}
        self._due_s = dict.fromkeys(self._intervals_s, 0.0)
        self.socket: socket.socket | None = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        try:
            self.socket.bind(("0.0.0.0", port))
        except OSError as error:
            # PX4 goes on without the link, and says that it is ready.
            print(f"WARN  [mavlink] bind failed: {error.strerror}", flush=True)
            self.socket.close()
            self.socket = None

    def set_interval(self, message: int, microseconds: float) -> bool:
        """As MAV_CMD_SET_MESSAGE_INTERVAL has it: 0 for the default, below for never. False: none such."""
        if message not in BUILDERS:
            return False
        if microseconds == 0:
            rate = self._default_rates.get(message, 0)
            microseconds = 1e6 / rate if rate else -1
        if microseconds < 0:
            self._intervals_s.pop(message, None)
        else:
            self._intervals_s[message] = microseconds / 1e6
            self._due_s[message] = 0
        return True

    def stand_still(self) -> None:
        """What reports the flight stops; what answers goes on, and says which mission item is the current one."""
        self._intervals_s = {common.MAVLINK_MSG_ID_MISSION_CURRENT: 1.0}

    def stream(self, vehicle: Vehicle, home: Place) -> None:
        """Sends what is due; at most one of each message, however much simulated time went by."""
        for message, interval in self._intervals_s.items():
            due_s = self._due_s.get(message, 0.0)
            if vehicle.time_s >= due_s:
                self._due_s[message] = max(due_s + interval, vehicle.time_s)
                self.send(BUILDERS[message](vehicle, home))

    def send(self, message: common.MAVLink_message) -> None:
        if self.socket is None or self.is_silent:
            return
        frame = message.pack(self._mavlink)
        self._mavlink.seq = (self._mavlink.seq + 1) % 256
        try:
            self.socket.sendto(frame, self._partner)
        except OSError:
            # Nobody listens there, or not now: as in PX4, it is lost.
            return

    def received(self) -> Iterator[common.MAVLink_message]:
        """What the partner said; what others say is not listened to."""
        while self.socket is not None:
            try:
                data, sender = self.socket.recvfrom(65536)
            except BlockingIOError:
                return
            except ConnectionError:
                continue
            if not self._has_partner:
                self._partner, self._has_partner = sender, True
                print(f"INFO  [mavlink] partner IP: {sender[0]}", flush=True)
            if sender == self._partner:
                yield from self._mavlink.parse_buffer(data) or []
