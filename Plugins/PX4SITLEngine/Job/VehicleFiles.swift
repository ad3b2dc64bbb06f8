import EngineABI
import EngineKit
import Glibc
import Support

/// Where one PX4 of an attempt works and writes. Each start has its own: two PX4s in one directory spoil each other's log.
struct VehicleFiles: Hashable, Sendable {
    /// PX4's working directory.
    let directory: String
    var stdout: String { directory + ".stdout.log" }
    var stderr: String { directory + ".stderr.log" }

    /// - Parameter start: from 1.
    init(attempt: String, start: Int) { directory = attempt + (start == 1 ? "/px4" : "/px4-\(start)") }

    func create() throws(EngineError) {
        guard mkdir(directory, 0o700) == 0 else {
            let code = errno
            throw EngineError(lynx_status(LYNX_E_RESOURCES), "cannot make \(directory): \(String(cString: strerror(code)))", errno: code)
        }
    }

    /// Logs of flights that a reader can open, in the order in which they were begun; relative to the directory.
    func flightLogs() -> [String] {
        Directory.visibleNames(in: directory + "/log").flatMap { day in
            Directory.visibleNames(in: "\(directory)/log/\(day)").filter { $0.hasSuffix(".ulg") }.map { "log/\(day)/\($0)" }
        }.filter { Self.isFlightLog("\(directory)/\($0)") }
    }

    /// What PX4 says when another has its number, or one of its ports.
    private static let collisionWords = [
        "PX4 server already running", "Failed to get server status", "failed to create lock file", "failed to set lock on file",
        "error binding socket", "bind failed",
    ]

    /// Whether PX4's output speaks of another one on its number.
    func showsCollision() -> Bool {
        [stdout, stderr].contains { path in
            let text = WholeFile.read(path, atMost: 4 << 20).map { String(decoding: $0, as: UTF8.self) } ?? ""
            return Self.collisionWords.contains { text.contains($0) }
        }
    }

    /// Whether PX4 says that it was told to power off; at a signal it says something else.
    func showsShutdown() -> Bool { LogTail.read(stdout).contains { $0.contains("Powering off NOW") } }

    /// The magic of a ULog, and something behind its header.
    private static func isFlightLog(_ path: String) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return false }
        defer { close(file) }
        var header = [UInt8](repeating: 0, count: 17)
        return read(file, &header, 17) == 17 && header.starts(with: [0x55, 0x4C, 0x6F, 0x67, 0x01, 0x12, 0x35])
    }
}
