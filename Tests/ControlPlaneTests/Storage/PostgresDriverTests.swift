import Dispatch
import TestSupport
import Testing

@testable import ControlPlane

@Suite("The ledger in PostgreSQL", .timeLimit(.minutes(5)))
struct PostgresDriverTests {
    @Test("Control planes that start at once on an empty database agree who makes the tables") func concurrentStart() async throws {
        let database = try PostgresDatabase()
        let versions = try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let driver = try PostgresDriver(url: database.url)
                    let version = try await driver.read { try $0.row("SELECT version FROM lynx_schema", [])?.int("version") }
                    try driver.close()
                    return version
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(versions == Array(repeating: Schema.currentVersion, count: 4))
    }

    @Test("Who starts knows whether somebody else is at work") func presence() throws {
        let database = try PostgresDatabase()
        let first = try PostgresDriver(url: database.url)
        let second = try PostgresDriver(url: database.url)
        #expect(first.foundAlone)
        #expect(!second.foundAlone)
        try first.close()
        try second.close()
        let third = try PostgresDriver(url: database.url)
        #expect(third.foundAlone)
        try third.close()
    }

    @Test("Writes that lock each other out are run again until both are done") func deadlock() async throws {
        let database = try PostgresDatabase()
        let drivers = [try PostgresDriver(url: database.url), try PostgresDriver(url: database.url)]
        _ = try await drivers[0].write { connection in
            try connection.run("CREATE TABLE numbers (id BIGINT PRIMARY KEY, n BIGINT)")
            try connection.run("INSERT INTO numbers VALUES (0, 0), (1, 0)")
        }
        let met = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
        let runs = [Counter(), Counter()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for side in 0...1 {
                let driver = drivers[side]
                group.addTask {
                    try await driver.write { connection in
                        let change = "UPDATE numbers SET n = n + 1 WHERE id = ?"
                        try connection.run(change, [.int(side)])
                        if runs[side].next() == 1 {
                            met[side].signal()
                            met[1 - side].wait()
                        }
                        try connection.run(change, [.int(1 - side)])
                    }
                }
            }
            try await group.waitForAll()
        }
        let numbers = try await drivers[0].read { try $0.rows("SELECT n FROM numbers", []).map { try $0.int("n") } }
        #expect(numbers == [2, 2])
        #expect(runs[0].count + runs[1].count > 2)
        for driver in drivers { try driver.close() }
    }

    @Test("A connection lost while statements are on their way costs nothing") func lostAhead() async throws {
        let database = try PostgresDatabase()
        let driver = try PostgresDriver(url: database.url)
        try await driver.write { try $0.send("CREATE TABLE numbers (n BIGINT PRIMARY KEY)", []) }
        let runs = Counter()
        try await driver.write { connection in
            for n in 0..<10 { try connection.send("INSERT INTO numbers VALUES (?)", [.int(n)]) }
            if runs.next() <= 3 {
                try database.admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(database.name)'")
            }
            for n in 10..<20 { try connection.send("INSERT INTO numbers VALUES (?)", [.int(n)]) }
        }
        #expect(runs.count == 4)
        let stored = try await driver.read { try $0.rows("SELECT n FROM numbers ORDER BY n", []).map { try $0.int("n") } }
        #expect(stored == Array(0..<20))
        try driver.close()
    }

    @Test("A connection lost before a commit, or in it, costs nothing") func lostConnection() async throws {
        let database = try PostgresDatabase()
        let driver = try PostgresDriver(url: database.url)
        _ = try await driver.write { connection in
            try connection.run("CREATE TABLE numbers (n BIGINT)")
            try connection.run("CREATE SEQUENCE tries")
            // Ends the connection in the middle of the first commit; a sequence keeps its count all the same.
            try connection.run(
                """
                CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $body$
                BEGIN
                    IF nextval('tries') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
                    RETURN NULL;
                END $body$
                """)
            try connection.run(
                """
                CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON numbers DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION cut()
                """)
        }
        _ = try await driver.write { try $0.run("INSERT INTO numbers VALUES (1)") }

        let runs = Counter()
        _ = try await driver.write { connection in
            try connection.run("INSERT INTO numbers VALUES (2)")
            if runs.next() == 1 { _ = try connection.row("SELECT pg_terminate_backend(pg_backend_pid())", []) }
        }
        #expect(runs.count == 2)
        try database.admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(database.name)'")
        let stored = try await driver.read { try $0.rows("SELECT n FROM numbers ORDER BY n", []).map { try $0.int("n") } }
        #expect(stored == [1, 2])
        try driver.close()
    }

    @Test("News reach the other control planes, also after their connection was lost, and not the one that tells")
    func news() async throws {
        let database = try PostgresDatabase()
        let tellers = [try PostgresDriver(url: database.url), try PostgresDriver(url: database.url)]
        let (heard, hear) = AsyncStream.makeStream(of: LedgerNews.self)
        let echo = Counter()
        tellers[0].onNews { _ in _ = echo.next() }
        tellers[1].onNews { hear.yield($0) }
        var news = heard.makeAsyncIterator()
        tellers[0].tell(.work)
        #expect(await news.next() == .work)
        tellers[0].tell(.runner("bench 7 'é'"))
        #expect(await news.next() == .runner("bench 7 'é'"))
        #expect(echo.count == 0)
        try database.admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(database.name)'")
        // Whatever was told while nobody listened may have been missed.
        #expect(await news.next() == .work)
        #expect(await news.next() == .everyRunner)
        for driver in tellers { try driver.close() }
    }

    @Test("Nothing that is said of a database tells its password", arguments: [
        "postgresql://lynx:geheim@127.0.0.1:1/ledger", "postgresql://lynx:geheim%@127.0.0.1:1/ledger",
        "postgresql://lynx@127.0.0.1:1/ledger?password=geheim",
    ])
    func noPassword(url: String) throws {
        let error = #expect(throws: StorageError.self) { try PostgresDriver(url: url) }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("cannot open the ledger 'postgresql://"))
        #expect(!text.contains("geheim"))
        #expect(!text.contains("\n"))
    }

    @Test("Another's database is refused") func notALedger() throws {
        let database = try PostgresDatabase()
        try PostgresSession(PostgresLocation(url: database.url)).script("CREATE TABLE recipes (name TEXT)")
        let error = #expect(throws: StorageError.self) { try PostgresDriver(url: database.url) }
        guard case .notALedger = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("Statements are put into PostgreSQL's words") func dialect() {
        #expect(PostgresDialect.translate("SELECT '?' FROM x WHERE a = ? AND b = ?") == "SELECT '?' FROM x WHERE a = $1 AND b = $2")
        #expect(
            PostgresDialect.translate("CREATE TABLE x (a TEXT NOT NULL, b BLOB, my_TEXT BIGINT)")
                == "CREATE TABLE x (a TEXT COLLATE \"C\" NOT NULL, b BYTEA, my_TEXT BIGINT)")
        #expect(PostgresDialect.array(["a", "b\"\\,"]) == #"{"a","b\"\\,"}"#)
    }
}
