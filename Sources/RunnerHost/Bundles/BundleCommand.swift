import Glibc
import Support

/// A command that makes a bundle's code ready: under a guardian, so that nothing of it stays, and within limits of time and space.
struct BundleCommand: Sendable {
    struct Limits: Hashable, Sendable {
        var seconds: Int
        /// The largest size of the folder that the command fills, in bytes.
        var bytes: Int64
    }

    /// What the command is called in messages: "installing requirements.txt".
    var name: String
    /// A script for `/bin/sh`.
    var script: String
    /// In addition to the environment of this process.
    var variables: [String: String]
    var workingDirectory: String
    /// The folder that the command fills.
    var target: String
    /// A file to be created, with what the command prints.
    var log: String
    var limits: Limits

    private static let logBytes: UInt64 = 4 << 20
    private static let interval: Int32 = 250
    /// What has to stay free on the disk.
    private static let leastFree: UInt64 = 256 << 20

    /// Runs the command to its end. Blocks; the calling thread has to live as long as the process.
    ///
    /// - Parameter isWanted: whether anybody still waits for it; otherwise it is ended.
    /// - Throws: `BundleError`, with the log; `CancellationError` if nobody waits any more.
    func run(failing kind: BundleError.Kind, isWanted: @Sendable () -> Bool) throws {
        unlink(log)
        unlink(log + ".err")
        let command = try start()
        defer { unlink(log + ".err") }
        let problem = supervise(command, isWanted)
        if problem != nil || !isWanted() { command.kill() }
        let exit = command.wait()
        if let problem { throw BundleError(kind, "\(name) \(problem)", log: text) }
        guard isWanted() else { throw CancellationError() }
        guard exit.code == 0 else {
            let end = exit.code.map { "failed with exit code \($0)" } ?? "was ended by signal \(exit.signal)"
            let isFull = text.suffix(8 << 10).split(separator: UInt8(ascii: "\n")).contains {
                String(decoding: $0, as: UTF8.self).contains(String(cString: strerror(ENOSPC)))
            }
            throw BundleError(isFull ? .machine : kind, "\(name) \(end)\(lastLine.map { ": \($0)" } ?? "")", log: text)
        }
    }

    /// The problem for which the command has to be ended; nil when it has ended.
    private func supervise(_ command: borrowing GuardedCommand, _ isWanted: @Sendable () -> Bool) -> String? {
        let end = ContinuousClock.now + .seconds(limits.seconds)
        var nextLook = ContinuousClock.now
        while !command.hasEnded(within: Self.interval) {
            let now = ContinuousClock.now
            if !isWanted() { return nil }
            if now >= end { return "took longer than \(limits.seconds) s, the limit of bundle_build_seconds on this runner" }
            if freeBytes < Self.leastFree { return "has left less than \(Self.leastFree >> 20) MiB on the disk of the bundle cache" }
            guard now >= nextLook else { continue }
            let content: FrozenFolder.Content
            do throws(FileError) {
                content = try FrozenFolder.content(of: target)
            } catch {
                // Files come and go while the command runs; too many of them is another matter.
                if error.code == EMLINK { return "has made more than \(FrozenFolder.mostEntries) files" }
                continue
            }
            if content.bytes > limits.bytes {
                return "has made more than \(limits.bytes) bytes, the limit of bundle_build_max_bytes on this runner"
            }
            // A look at many files takes long; it is not to take more than a small part of the time.
            nextLook = now + (ContinuousClock.now - now) * 10
        }
        return FrozenFolder.bytes(of: target) > limits.bytes
            ? "has made more than \(limits.bytes) bytes, the limit of bundle_build_max_bytes on this runner" : nil
    }

    private var freeBytes: UInt64 {
        var room = statvfs()
        guard statvfs(target, &room) == 0 else { return .max }
        return UInt64(room.f_bavail) * UInt64(room.f_frsize)
    }

    var text: [UInt8] { WholeFile.read(log, atMost: Int(Self.logBytes) * 2) ?? [] }

    /// The last line that says something, shortened.
    private var lastLine: String? {
        let lines = text.suffix(16 << 10).split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        let said = lines.last { line in line.hasPrefix("ERROR:") } ?? lines.last { $0.contains { !$0.isWhitespace } }
        return said.map { String($0.filter { !$0.isNewline && $0 != "\u{1B}" }.prefix(300)) }
    }

    private func start() throws(BundleError) -> GuardedCommand {
        do throws(SystemError) {
            return try GuardedCommand(
                ["/bin/sh", "-c", "exec 2>&1\n\(script)"], variables: variables, workingDirectory: workingDirectory, output: log,
                captureBytes: Self.logBytes)
        } catch {
            throw BundleError(.machine, "\(name) cannot be started: \(String(cString: strerror(error.code)))")
        }
    }
}
