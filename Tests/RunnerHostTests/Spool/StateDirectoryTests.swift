import FoundationEssentials
import Glibc
import Testing

@testable import RunnerHost

@Suite struct StateDirectoryTests {
    private let scratch = ScratchDirectory()

    private func mode(_ path: String) throws -> Int? {
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        // An integer or an NSNumber, as it pleases the Foundation that is loaded.
        return mode.flatMap { Int("\($0)") }
    }

    @Test("The directory and its parents are made, for the owner alone")
    func creation() throws {
        let state = try StateDirectory(path: scratch.path + "/a/b/state/")
        #expect(state.path == scratch.path + "/a/b/state")
        #expect(try mode(state.path) == 0o700)
        #expect(try mode(state.spoolPath) == 0o700)
        #expect(try scratch.names(state.path) == ["lock", "runner-id", "spool"])
    }

    @Test("A runner keeps its id over restarts")
    func identity() throws {
        let first = try StateDirectory(path: scratch.state).runnerID
        #expect(UUID(uuidString: first) != nil)
        #expect(try StateDirectory(path: scratch.state).runnerID == first)
        #expect(try StateDirectory(path: scratch.path + "/other").runnerID != first)
    }

    @Test("A second runner on the same directory is refused, and told who holds it")
    func lock() throws {
        let first = try StateDirectory(path: scratch.state)
        let error = #expect(throws: StateDirectoryError.self) { _ = try StateDirectory(path: scratch.state) }
        #expect(error == .inUse(path: scratch.state, pid: getpid()))
        #expect(
            error?.description
                == "state directory \(scratch.state) is in use by another runner-host (pid \(getpid())); stop it, or set another state_directory")
        withExtendedLifetime(first) {}
    }

    @Test("A damaged id is an error, not a new identity")
    func damagedID() throws {
        _ = try StateDirectory(path: scratch.state)
        try scratch.write("not a uuid", to: scratch.state + "/runner-id")
        #expect(throws: StateDirectoryError.badRunnerID(path: scratch.state + "/runner-id")) { _ = try StateDirectory(path: scratch.state) }
        unlink(scratch.state + "/runner-id")
        #expect(throws: Never.self) { _ = try StateDirectory(path: scratch.state) }
    }

    @Test("A directory that others may write to is refused")
    func writableByOthers() throws {
        mkdir(scratch.state, 0o700)
        chmod(scratch.state, 0o777)
        #expect(throws: StateDirectoryError.writableByOthers(path: scratch.state)) { _ = try StateDirectory(path: scratch.state) }
    }

    @Test("A file in the directory's place is named")
    func notADirectory() throws {
        try scratch.write("", to: scratch.state)
        let error = #expect(throws: StateDirectoryError.self) { _ = try StateDirectory(path: scratch.state) }
        #expect(error?.description.contains(scratch.state) == true)
        #expect(error?.description.hasSuffix("Not a directory") == true)
    }
}
