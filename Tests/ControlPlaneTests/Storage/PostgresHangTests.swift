import Glibc
import TestSupport
import Testing

@testable import ControlPlane

@Suite("A PostgreSQL that does not answer", .timeLimit(.minutes(5)))
struct PostgresHangTests {
    /// Short, but not so short that a busy machine is taken for a hung server. 2 s is the least that libpq takes.
    private static var patience: PostgresPatience {
        var patience = PostgresPatience()
        patience.answer = .seconds(1)
        patience.connectSeconds = 2
        patience.read = .milliseconds(500)
        patience.write = .seconds(1)
        patience.queue = .seconds(2)
        return patience
    }

    /// What a call ended with: its value, or why it was refused.
    private static func outcome(_ body: () async throws -> Int?) async -> String {
        do {
            return "\(try await body() ?? -1)"
        } catch StorageError.unreachable, StorageError.busy {
            return "refused"
        } catch {
            return "\(error)"
        }
    }

    @Test("All who call a server that hangs are refused, those who wait for the others too; and served once it goes on") func stopped() async throws {
        let server = try PostgresServer.separate()
        let driver = try PostgresDriver(url: server.url("postgres"), patience: Self.patience)
        _ = try await driver.write { try $0.run("CREATE TABLE numbers (n BIGINT)") }
        _ = try await driver.read { try $0.rows("SELECT n FROM numbers", []).count }
        try server.signal(SIGSTOP)
        let outcomes = await withTaskGroup(of: String.self) { group in
            for n in 0..<9 {
                group.addTask { await Self.outcome { try await driver.read { try $0.row("SELECT 1 AS one", [])?.int("one") } } }
                group.addTask { await Self.outcome { try await driver.write { try $0.run("INSERT INTO numbers VALUES (?)", [.int(n)]) } } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes == Array(repeating: "refused", count: 18))
        try server.signal(SIGCONT)
        var stored = ""
        while true {
            stored = await Self.outcome { try await driver.read { try $0.row("SELECT COUNT(*) AS n FROM numbers", [])?.int("n") } }
            if stored != "refused" { break }
        }
        // Nothing of what was refused has been kept.
        #expect(stored == "0")
        while await Self.outcome({ try await driver.write { try $0.run("INSERT INTO numbers VALUES (7)") } }) == "refused" {}
        #expect(await Self.outcome { try await driver.read { try $0.row("SELECT COUNT(*) AS n FROM numbers", [])?.int("n") } } == "1")
        try driver.close()
    }

    @Test("A statement that takes long is waited for: the server says that it is at work") func slow() async throws {
        let database = try PostgresDatabase()
        var patience = Self.patience
        patience.answer = .seconds(1)
        let driver = try PostgresDriver(url: database.url, patience: patience)
        let runs = Counter()
        let value = try await driver.write { connection in
            _ = runs.next()
            return try connection.row("SELECT CAST(COUNT(pg_sleep(3)) AS BIGINT) AS n", [])?.int("n")
        }
        #expect(value == 1)
        #expect(runs.count == 1)
        try driver.close()
    }

    @Test("A connection whose answers get lost is given up, and another takes its place") func lostAnswers() async throws {
        let database = try PostgresDatabase()
        let relay = try await PostgresRelay(to: PostgresServer.running())
        var patience = Self.patience
        patience.read = .seconds(60)
        patience.write = .seconds(60)
        patience.queue = .seconds(60)
        let driver = try PostgresDriver(url: relay.url(database.name), patience: patience)
        _ = try await driver.write { try $0.run("CREATE TABLE numbers (n BIGINT)") }
        _ = try await driver.read { try $0.rows("SELECT n FROM numbers", []).count }
        for n in 0..<3 {
            relay.swallow()
            #expect(try await driver.read { try $0.row("SELECT COUNT(*) AS n FROM numbers", [])?.int("n") } == n)
            relay.swallow()
            #expect(try await driver.write { try $0.run("INSERT INTO numbers VALUES (1)") } == 1)
        }
        try driver.close()
        try await relay.close()
    }

    @Test("A new control plane says in one line that the server does not answer") func start() async throws {
        let server = try PostgresServer.separate()
        try server.signal(SIGSTOP)
        let error = #expect(throws: StorageError.self) { try PostgresDriver(url: server.url("postgres"), patience: Self.patience) }
        #expect(error?.description.hasPrefix("cannot open the ledger 'postgresql://lynx@") == true)
        #expect(error?.description.contains("timeout expired") == true)
    }
}
