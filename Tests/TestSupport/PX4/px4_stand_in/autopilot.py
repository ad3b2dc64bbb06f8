"""What the vehicle answers when it is spoken to."""

from __future__ import annotations

from pymavlink.dialects.v20 import common

from .link import Link
from .messages import BUILDERS, Place
from .parameters import Parameters
from .vehicle import ACCEPTED, Vehicle

DENIED, UNSUPPORTED = 2, 3
"""MAV_RESULT"""
SHUT_DOWN = 2
"""Of MAV_CMD_PREFLIGHT_REBOOT_SHUTDOWN."""


class Autopilot:
    def __init__(self, vehicle: Vehicle, parameters: Parameters, home: Place, system_id: int) -> None:
        self._vehicle = vehicle
        self._parameters = parameters
        self._home = home
        self._system_id = system_id
        self.is_shut_down = False

    def answer(self, message: common.MAVLink_message, link: Link) -> None:
        if getattr(message, "target_system", self._system_id) not in (0, self._system_id):
            return
        match message.get_type():
            case "COMMAND_LONG":
                result = self._run(message, link)
                sender = (message.get_srcSystem(), message.get_srcComponent())
                link.send(common.MAVLink_command_ack_message(message.command, result, 0, 0, *sender))
                if message.command == common.MAV_CMD_COMPONENT_ARM_DISARM and result != ACCEPTED:
                    link.send(
                        common.MAVLink_statustext_message(2, b"Arming denied: Resolve system health failures first")
                    )
            case "PARAM_REQUEST_READ":
                self._send_parameter(self._name_of(message), link)
            case "PARAM_REQUEST_LIST":
                for name in self._parameters.names:
                    self._send_parameter(name, link)
            case "PARAM_SET":
                if message.param_id in self._parameters:
                    self._parameters.set_from_wire(message.param_id, message.param_value, message.param_type)
                self._send_parameter(message.param_id, link)

    def _run(self, command: common.MAVLink_message, link: Link) -> int:
        match command.command:
            case common.MAV_CMD_SET_MESSAGE_INTERVAL:
                return ACCEPTED if link.set_interval(int(command.param1), command.param2) else DENIED
            case common.MAV_CMD_REQUEST_MESSAGE:
                if (builder := BUILDERS.get(int(command.param1))) is None:
                    return DENIED
                link.send(builder(self._vehicle, self._home))
                return ACCEPTED
            case common.MAV_CMD_PREFLIGHT_REBOOT_SHUTDOWN if command.param1 == SHUT_DOWN:
                self.is_shut_down = not self._vehicle.is_armed
                return ACCEPTED if self.is_shut_down else DENIED
            case common.MAV_CMD_COMPONENT_ARM_DISARM:
                return self._vehicle.arm() if command.param1 == 1 else self._vehicle.disarm()
            case common.MAV_CMD_NAV_TAKEOFF:
                return self._vehicle.take_off(command.param7)
            case common.MAV_CMD_NAV_LAND:
                return self._vehicle.land()
        return UNSUPPORTED

    def _name_of(self, request: common.MAVLink_message) -> str:
        index, names = int(request.param_index), self._parameters.names
        return names[index] if 0 <= index < len(names) else str(request.param_id)

    def _send_parameter(self, name: str, link: Link) -> None:
        """Nothing for a name that there is not, as in PX4."""
        if name not in self._parameters:
            return
        value, kind = self._parameters.wire(name)
        names = self._parameters.names
        link.send(common.MAVLink_param_value_message(name.encode(), value, kind, len(names), names.index(name)))
