"""What the engine relies on in PX4: held by the stand-in, and by a real PX4 where one is named."""

from __future__ import annotations

import math
import signal
import socket
import time
from pathlib import Path

import numpy as np
import pytest
from pymavlink.dialects.v20 import common as mavlink
from pyulog import ULog

from px4 import PATIENCE_S, STAND_IN, Build, Client, builds, free_instance, px4

every_build = pytest.mark.parametrize(
    "build", builds(), ids=lambda build: "stand-in" if build == STAND_IN else "real PX4"
)


@every_build
def test_it_becomes_ready_after_some_simulated_seconds_which_go_by_at_the_speed_factor(
    build: Build, tmp_path: Path
) -> None:
    with px4(build, tmp_path / "px4", PX4_SIM_SPEED_FACTOR="5") as vehicle, Client(vehicle.instance) as client:
        client.until_ready()
        first = client.until(lambda message: message.get_type() == "ATTITUDE")
        assert 3000 < first.time_boot_ms < 15000
        began = time.monotonic()
        later = client.until(
            lambda message: message.get_type() == "ATTITUDE" and message.time_boot_ms > first.time_boot_ms + 5000
        )
        assert (later.time_boot_ms - first.time_boot_ms) / 1000 / (time.monotonic() - began) < 7


@every_build
def test_parameters_are_read_back_as_the_vehicle_has_them(build: Build, tmp_path: Path) -> None:
    with (
        px4(
            build,
            tmp_path / "px4",
            PX4_SIM_SPEED_FACTOR="2",
            PX4_HOME_ALT="123.5",
            PX4_PARAM_SIH_MASS="1.25",
            PX4_PARAM_SIM_GPS_USED="12",
            # A word is taken for 0.
            PX4_PARAM_SIH_KDV="much",
            # The firmware's own default: the airframe's wins.
            PX4_PARAM_COM_RC_IN_MODE="3",
            # The start script sets these itself.
            PX4_PARAM_MAV_SYS_ID="99",
            PX4_PARAM_COM_OBC_LOSS_T="77",
            PX4_PARAM_NO_SUCH_NAME="1",
        ) as vehicle,
        Client(vehicle.instance) as client,
    ):
        assert client.parameter("SIH_MASS") == 1.25
        assert client.parameter("SIM_GPS_USED") == 12
        assert client.parameter("SIH_KDV") == 0
        assert client.parameter("COM_RC_IN_MODE") == 1
        assert client.parameter("MAV_SYS_ID") == vehicle.instance + 1
        assert client.parameter("COM_OBC_LOSS_T") == 10
        assert client.parameter("SIH_LOC_H0") == 123.5
        assert "Parameter NO_SUCH_NAME not found" in vehicle.output


@every_build
def test_what_cannot_start_exits_with_255(build: Build, tmp_path: Path) -> None:
    with px4(build, tmp_path / "model", PX4_SIM_MODEL="sihsim_submarine") as vehicle:
        assert vehicle.wait() == 255
        assert "Unknown model" in vehicle.output
    with px4(build, tmp_path / "relative", etc="etc") as vehicle:
        assert vehicle.wait() == 255
    with px4(build, tmp_path / "no/such/folder") as vehicle:
        assert vehicle.wait() == 255


@every_build
def test_an_instance_that_runs_is_not_started_again(build: Build, tmp_path: Path) -> None:
    with px4(build, tmp_path / "px4", PX4_SIM_SPEED_FACTOR="5") as vehicle, Client(vehicle.instance) as client:
        client.until_ready()
        with px4(build, tmp_path / "other", vehicle.instance) as other:
            assert other.wait() == 255
            assert "already running" in other.output


@every_build
def test_a_signal_to_the_group_ends_it_softly_and_leaves_a_whole_log(build: Build, tmp_path: Path) -> None:
    with px4(build, tmp_path / "px4", PX4_SIM_SPEED_FACTOR="5") as vehicle, Client(vehicle.instance) as client:
        client.until_ready()
        assert Path(f"/tmp/px4_lock-{vehicle.instance}").exists()
        assert vehicle.stop(signal.SIGTERM) == 0
        assert not Path(f"/tmp/px4_lock-{vehicle.instance}").exists()
        assert Path(f"/tmp/px4-sock-{vehicle.instance}").exists()
        (log,) = vehicle.logs()
        assert duration_s(log) > 2


@every_build
def test_the_log_of_one_that_was_killed_can_be_read(build: Build, tmp_path: Path) -> None:
    with px4(build, tmp_path / "px4", PX4_SIM_SPEED_FACTOR="5") as vehicle, Client(vehicle.instance) as client:
        client.until_ready()
        assert vehicle.stop(signal.SIGKILL) == -signal.SIGKILL
        (log,) = vehicle.logs()
        assert duration_s(log) > 2


@every_build
def test_a_link_belongs_to_whoever_speaks_there_first(build: Build, tmp_path: Path) -> None:
    with (
        px4(build, tmp_path / "px4", PX4_SIM_SPEED_FACTOR="5") as vehicle,
        Client(vehicle.instance) as first,
        Client(vehicle.instance) as second,
    ):
        first.until_ready()
        second.command(mavlink.MAV_CMD_SET_MESSAGE_INTERVAL, mavlink.MAVLINK_MSG_ID_ATTITUDE, 20_000)
        assert list(second.messages(0.5)) == []
        assert any(message.get_type() == "ATTITUDE" for message in first.messages(0.5))


@every_build
def test_a_program_that_listens_where_the_vehicle_looks_for_one_and_answers_has_the_link(
    build: Build, tmp_path: Path
) -> None:
    # For instances above 9 that is one port for all.
    with (
        px4(build, tmp_path / "px4", PX4_SIM_SPEED_FACTOR="5") as vehicle,
        Client(vehicle.instance, listen=14549) as listener,
        Client(vehicle.instance) as client,
    ):
        assert any(listener.messages(PATIENCE_S))
        assert listener.parameter("MAV_SYS_ID") == vehicle.instance + 1
        client.command(mavlink.MAV_CMD_SET_MESSAGE_INTERVAL, mavlink.MAVLINK_MSG_ID_ATTITUDE, 20_000)
        assert list(client.messages(0.5)) == []


@every_build
def test_one_that_is_told_to_on_the_ground_powers_off_with_status_0_and_a_whole_log(
    build: Build, tmp_path: Path
) -> None:
    with px4(build, tmp_path / "px4", PX4_SIM_SPEED_FACTOR="5") as vehicle, Client(vehicle.instance) as client:
        # Its start script, and with it the log, is done by then however busy the machine is.
        client.until(lambda message: message.get_type() == "ATTITUDE" and message.time_boot_ms > 20_000)
        client.command(mavlink.MAV_CMD_PREFLIGHT_REBOOT_SHUTDOWN, 2)
        assert vehicle.wait() == 0
        (log,) = vehicle.logs()
        assert duration_s(log) > 2


@every_build
def test_without_gps_it_knows_its_attitude_and_has_no_ratio_for_its_position(build: Build, tmp_path: Path) -> None:
    with (
        px4(build, tmp_path / "px4", PX4_SIM_SPEED_FACTOR="5", PX4_PARAM_SIM_GPS_USED="0") as vehicle,
        Client(vehicle.instance) as client,
    ):
        status = client.until(
            lambda message: (
                message.get_type() == "SYS_STATUS" and bool(message.onboard_control_sensors_health & 0x200000)
            )
        )
        assert not status.onboard_control_sensors_health & (0x20 | 0x4000 | mavlink.MAV_SYS_STATUS_PREARM_CHECK)
        estimator = client.until(lambda message: message.get_type() == "ESTIMATOR_STATUS" and message.mag_ratio > 0)
        assert math.isnan(estimator.vel_ratio)
        assert math.isnan(estimator.pos_horiz_ratio)
        assert not math.isnan(estimator.pos_vert_ratio)


@every_build
def test_near_a_pole_it_has_no_ratio_for_its_heading(build: Build, tmp_path: Path) -> None:
    with (
        px4(build, tmp_path / "px4", PX4_SIM_SPEED_FACTOR="5", PX4_HOME_LAT="89.9") as vehicle,
        Client(vehicle.instance) as client,
    ):
        client.until_ready()
        estimator = client.until(lambda message: message.get_type() == "ESTIMATOR_STATUS")
        assert math.isnan(estimator.mag_ratio)
        assert not math.isnan(estimator.vel_ratio)


@every_build
def test_a_taken_port_is_a_dead_link_and_no_failure(build: Build, tmp_path: Path) -> None:
    instance = free_instance()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("0.0.0.0", 14280 + instance))
        with px4(build, tmp_path / "px4", instance, PX4_SIM_SPEED_FACTOR="5") as vehicle, Client(instance) as client:
            client.until_ready()
            assert "bind failed" in vehicle.output


@every_build
def test_a_message_comes_as_often_as_it_was_asked_for(build: Build, tmp_path: Path) -> None:
    with px4(build, tmp_path / "px4", PX4_SIM_SPEED_FACTOR="2") as vehicle, Client(vehicle.instance) as client:
        client.until_ready()
        attitude = mavlink.MAVLINK_MSG_ID_ATTITUDE
        client.command(mavlink.MAV_CMD_SET_MESSAGE_INTERVAL, attitude, 100_000)
        client.until(lambda message: message.get_type() == "COMMAND_ACK" and message.result == 0)
        times = [message.time_boot_ms for message in client.messages(2) if message.get_type() == "ATTITUDE"]
        gaps = np.diff(times[1:])
        # Steps of the simulation make single gaps shorter or longer; a busy machine only makes them longer.
        assert np.mean(gaps) > 95
        assert np.median(gaps) < 125
        client.command(mavlink.MAV_CMD_SET_MESSAGE_INTERVAL, attitude, -1)
        client.until(lambda message: message.get_type() == "COMMAND_ACK" and message.result == 0)
        assert [message for message in client.messages(0.5) if message.get_type() == "ATTITUDE"] == []


def duration_s(log: Path) -> float:
    content = ULog(str(log))
    assert content.msg_info_dict["sys_name"] == "PX4"
    position = content.get_dataset("vehicle_local_position").data["timestamp"]
    return float(position[-1] - position[0]) / 1e6
