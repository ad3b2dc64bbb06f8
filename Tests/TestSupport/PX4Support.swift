import Foundation

/// The PX4 that tests fly: a real one where `PX4_BINARY` and `PX4_ETC` name it, else the stand-in.
package enum TestPX4 {
    package static let binary = ProcessInfo.processInfo.environment["PX4_BINARY"] ?? Repository.path("Tests/TestSupport/PX4/bin/px4")
    package static let etc = ProcessInfo.processInfo.environment["PX4_ETC"] ?? Repository.path("Tests/TestSupport/PX4/etc")
    package static let isReal = ProcessInfo.processInfo.environment["PX4_BINARY"] != nil
}

/// How many messages pyulog finds in a log. That of a take-off has some ten at least, however quickly its mission was started.
package func messagesInFlightLog(_ path: String) async throws -> Int {
    let end = try await Program.run(
        Repository.python, ["-c", "import sys, pyulog; print(sum(len(d.data['timestamp']) for d in pyulog.ULog(sys.argv[1]).data_list))", path])
    guard end.exitCode == 0, let count = Int(end.output.trimmingCharacters(in: .whitespacesAndNewlines)) else {
        throw FlightLogUnreadable(description: end.errors)
    }
    return count
}

package struct FlightLogUnreadable: Error, CustomStringConvertible { package var description: String }

package enum PX4Mission {
    /// What a test's mission finds: `parameters`, `output`, `instance`, and functions that fly.
    package static let prelude = """
        import glob, json, math, os, signal, subprocess, sys, time

        os.environ.setdefault("MAVLINK20", "1")
        from pymavlink import mavutil

        here = os.path.dirname(os.path.abspath(__file__))
        output = os.environ["TETRYX_OUTPUT_DIR"]
        with open(os.environ["TETRYX_RUN_CONFIG"]) as file:
            parameters = json.load(file)["parameters"]
        instance = int(os.environ["LYNX_PX4_INSTANCE"])
        vehicle = instance + 1
        link = mavutil.mavlink_connection(os.environ["LYNX_PX4_MAVLINK_URL"], source_system=254, source_component=190)

        def wait(kind, check=lambda message: True, seconds=60):
            "The next message of that kind which passes the check."
            end, knock = time.monotonic() + seconds, 0
            while time.monotonic() < end:
                if time.monotonic() > knock:
                    link.mav.heartbeat_send(mavutil.mavlink.MAV_TYPE_ONBOARD_CONTROLLER, 8, 0, 0, 4)
                    knock = time.monotonic() + 0.5
                message = link.recv_match(type=kind, blocking=True, timeout=0.2)
                if message is not None and message.get_srcSystem() == vehicle and check(message):
                    return message
            sys.exit(f"no {kind} came as it was waited for")

        def command(number, *values):
            "Gives the command's MAV_RESULT."
            for attempt in range(20):
                link.mav.command_long_send(vehicle, 1, number, attempt, *values, *[0] * (7 - len(values)))
                end = time.monotonic() + 0.5
                while time.monotonic() < end:
                    answer = link.recv_match(type="COMMAND_ACK", blocking=True, timeout=0.1)
                    if answer is not None and answer.command == number:
                        return answer.result
            sys.exit(f"nobody answered command {number}")

        def height():
            return wait("GLOBAL_POSITION_INT").relative_alt / 1000

        def take_off(metres):
            ground = wait("GLOBAL_POSITION_INT").alt / 1000
            nowhere = math.nan
            command(22, 0, 0, 0, nowhere, nowhere, nowhere, ground + metres)
            if command(400, 1) != 0:
                sys.exit("arming was refused")
            wait("GLOBAL_POSITION_INT", lambda message: message.relative_alt / 1000 > metres - 0.7)

        def land():
            command(21, 0, 0, 0, math.nan, math.nan, math.nan, 0)
            wait("HEARTBEAT", lambda message: not message.base_mode & 128)

        def px4():
            "The process of this mission's PX4."
            for path in glob.glob("/proc/[0-9]*/cmdline"):
                try:
                    words = open(path).read().split("\\0")
                except OSError:
                    continue
                if "-w" in words and words[words.index("-w") + 1].startswith(os.path.dirname(output) + "/px4"):
                    return int(path.split("/")[2])
            sys.exit("there is no PX4")


        """
}
