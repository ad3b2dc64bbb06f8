import FoundationEssentials
import Glibc
import Testing
import TestSupport

@testable import RunnerHost

@Suite("The state directory")
struct StateDirectoryTests {
    private let directory: TemporaryDirectory
    private var state: String { directory.file("state") }

    init() throws { directory = try TemporaryDirectory() }

    private func mode(_ path: String) throws -> Int? {
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        // An integer or an NSNumber, as it pleases the Foundation that is loaded.
        return mode.flatMap { Int("\($0)") }
    }

    @Test("The directory and its parents are made, for the owner alone")
    func creation() throws {
        let state = try StateDirectory(path: directory.file("a/b/state/"))
        #expect(state.path == directory.file("a/b/state"))
        #expect(try mode(state.path) == 0o700)
        #expect(try mode(state.spoolPath) == 0o700)
        #expect(try directory.names("a/b/state") == ["lock", "runner-id", "spool"])
    }

    @Test("A runner keeps its id over restarts")
    func identity() throws {
        let first = try StateDirectory(path: state).runnerID
        #expect(UUID(uuidString: first) != nil)
        #expect(try StateDirectory(path: state).runnerID == first)
        #expect(try StateDirectory(path: directory.file("other")).runnerID != first)
    }

    @Test("A second runner on the same directory is refused, and told who holds it")
    func lock() throws {
        let first = try StateDirectory(path: state)
        let error = #expect(throws: StateDirectoryError.self) { _ = try StateDirectory(path: state) }
        #expect(error == .inUse(path: state, pid: getpid()))
        #expect(
            error?.description
                == "state directory \(state) is in use by another runner-host (pid \(getpid())); stop it, or set another state_directory")
        withExtendedLifetime(first) {}
    }

    @Test("A damaged id is an error, not a new identity")
    func damagedID() throws {
        _ = try StateDirectory(path: state)
        try directory.write("state/runner-id", "not a uuid")
        #expect(throws: StateDirectoryError.badRunnerID(path: state + "/runner-id")) { _ = try StateDirectory(path: state) }
        unlink(state + "/runner-id")
        #expect(throws: Never.self) { _ = try StateDirectory(path: state) }
    }

    @Test("A directory that others may write to is refused")
    func writableByOthers() throws {
        mkdir(state, 0o700)
        chmod(state, 0o777)
        #expect(throws: StateDirectoryError.writableByOthers(path: state)) { _ = try StateDirectory(path: state) }
    }

    @Test("A file in the directory's place is named")
    func notADirectory() throws {
        try directory.write("state", "")
        let error = #expect(throws: StateDirectoryError.self) { _ = try StateDirectory(path: state) }
        #expect(error?.description.contains(state) == true)
        #expect(error?.description.hasSuffix("Not a directory") == true)
    }
}
