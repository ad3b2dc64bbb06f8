import FoundationEssentials
import GRDB
import Testing
import TestSupport

@testable import ControlPlane

@Suite("The ledger in SQLite")
struct SQLiteDriverTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.file("deep/er/ledger.sqlite") }

    init() throws { directory = try TemporaryDirectory() }

    @Test("A commit is flushed to disk before it is answered") func durable() async throws {
        let driver = try SQLiteDriver(path: path)
        // Writes go through the connection that GRDB by itself would leave at NORMAL (1).
        let modes = try await driver.write { connection in
            (try connection.row("PRAGMA synchronous", [])?.int("synchronous"), try connection.row("PRAGMA journal_mode", [])?.text("journal_mode"))
        }
        #expect(modes.0 == 2)
        #expect(modes.1 == "wal")
    }

    @Test("Once it is closed, the file alone is the whole ledger") func closedIntoOneFile() async throws {
        let driver = try SQLiteDriver(path: path)
        _ = try await driver.write { try $0.run("UPDATE lynx_schema SET version = 1234", []) }
        // A reader has the log open, too.
        _ = try await driver.read { try $0.row("SELECT version FROM lynx_schema", []) }
        try driver.close()
        let copy = directory.file("copy.sqlite")
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        let version = try await DatabaseQueue(path: copy).read { try Int.fetchOne($0, sql: "SELECT version FROM lynx_schema") }
        #expect(version == 1234)
        try driver.close()
    }

    @Test("Two control planes cannot have one ledger") func inUse() throws {
        let first = try SQLiteDriver(path: path)
        #expect(throws: StorageError.inUse(path: path)) { try SQLiteDriver(path: path) }
        try first.close()
        try SQLiteDriver(path: path).close()
    }

    @Test("A damaged file, another's database and a directory are refused, and left as they are") func notALedger() throws {
        let garbage = directory.file("garbage")
        try Data("this is no database, but long enough to look at".utf8).write(to: URL(filePath: garbage))
        let other = directory.file("other")
        try DatabaseQueue(path: other).write { try $0.execute(sql: "CREATE TABLE recipes (name TEXT)") }
        for path in [garbage, other] {
            let before = try Data(contentsOf: URL(filePath: path))
            let error = #expect(throws: StorageError.self) { try SQLiteDriver(path: path) }
            guard case .notALedger = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            if path == garbage { #expect(try Data(contentsOf: URL(filePath: path)) == before) }
        }
        let error = #expect(throws: StorageError.self) { try SQLiteDriver(path: directory.path) }
        guard case .cannotOpen = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains("\n") == false)
    }

    @Test("A path below a file is refused in one line") func noDirectory() throws {
        let file = directory.file("file")
        try Data().write(to: URL(filePath: file))
        let error = #expect(throws: StorageError.self) { try SQLiteDriver(path: "\(file)/ledger.sqlite") }
        #expect(error?.description.contains("cannot be made") == true)
    }
}
