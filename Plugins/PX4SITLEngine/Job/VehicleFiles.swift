import EngineABI
import EngineKit
import Glibc
import Support

/// The directory and files of one PX4 start of an attempt. Each start has its own directory, as two PX4s in one directory
/// overwrite each other's log.
struct VehicleFiles: Hashable, Sendable {
    /// PX4's working directory.
    let directory: String
    var stdout: String { directory + ".stdout.log" }
    var stderr: String { directory + ".stderr.log" }

    /// - Parameter start: the number of the start, from 1.
    init(attempt: String, start: Int) { directory = attempt + (start == 1 ? "/px4" : "/px4-\(start)") }

    func create() throws(EngineError) {
        guard mkdir(directory, 0o700) == 0 else {
            let code = errno
            throw EngineError(lynx_status(LYNX_E_RESOURCES), "cannot make \(directory): \(String(cString: strerror(code)))", errno: code)
        }
    }

    /// The readable flight logs in the order in which they were begun; paths relative to the directory.
    func flightLogs() -> [String] {
        Directory.visibleNames(in: directory + "/log").flatMap { day in
            Directory.visibleNames(in: "\(directory)/log/\(day)").filter { $0.hasSuffix(".ulg") }.map { "log/\(day)/\($0)" }
        }.filter { Self.isFlightLog("\(directory)/\($0)") }
    }

    /// PX4's messages when another process uses its number or one of its ports.
    private static let collisionWords = [
        "PX4 server already running", "Failed to get server status", "failed to create lock file", "failed to set lock on file",
        "error binding socket", "bind failed",
    ]

    /// Whether PX4's output mentions another process on its number.
    func showsCollision() -> Bool {
        [stdout, stderr].contains { path in
            let text = WholeFile.read(path, atMost: 4 << 20).map { String(decoding: $0, as: UTF8.self) } ?? ""
            return Self.collisionWords.contains { text.contains($0) }
        }
    }

    /// Whether PX4's output states that it was told to power off; after a signal its message differs.
    func showsShutdown() -> Bool { LogTail.read(stdout).contains { $0.contains("Powering off NOW") } }

    /// Whether the file has the magic of a ULog and content after its header.
    private static func isFlightLog(_ path: String) -> Bool {
        guard let file = try? OwnedDescriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else { return false }
        let header = file.bytes(count: 17)
        return header.count == 17 && header.starts(with: [0x55, 0x4C, 0x6F, 0x67, 0x01, 0x12, 0x35])
    }
}

/// Moves PX4's files to the mission's: `px4/flight.ulg`, `px4/stdout.log`, `px4/stderr.log`.
enum FlightArtifacts {
    private static let folder = "px4"

    /// Moves the files within one file system. Returns one line for each that could not be moved.
    ///
    /// The mission could write to the output directory: no link in it is followed, and nothing in it is replaced.
    static func add(_ files: VehicleFiles, to output: String) -> [String] {
        let logs = files.flightLogs().enumerated().map { index, path in
            ("\(files.directory)/\(path)", index == 0 ? "flight.ulg" : "flight-\(index + 1).ulg")
        }
        let texts = [(files.stdout, "stdout.log"), (files.stderr, "stderr.log")].filter { hasContent($0.0) }
        guard !logs.isEmpty || !texts.isEmpty else { return [] }
        do throws(FileError) {
            let target = try makeFolder(in: output)
            var problems: [String] = []
            for (path, name) in logs + texts {
                // A hard link is made first, because it replaces nothing, unlike a rename.
                if linkat(AT_FDCWD, path, target.raw, name, 0) == 0 {
                    unlink(path)
                } else {
                    problems.append("\(folder)/\(name): \(String(cString: strerror(errno))); it stays at \(path)")
                }
            }
            return problems
        } catch {
            return ["\(folder)/: \(error.reason); what PX4 left stays in \(files.directory)"]
        }
    }

    private static func makeFolder(in output: String) throws(FileError) -> OwnedDescriptor {
        let directory = try OwnedDescriptor.open(output, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        guard mkdirat(directory.raw, folder, 0o700) == 0 || errno == EEXIST else { throw .last("make", folder) }
        return try .open(folder, in: directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    }

    private static func hasContent(_ path: String) -> Bool {
        guard let status = FileStatus(path, followsLinks: false) else { return false }
        return status.isRegular && status.size > 0
    }
}
