import FoundationEssentials
import Testing

@testable import ControlPlane

@Suite("Whatever the ledger is kept in")
struct LedgerDriverTests {
    @Test("A write that throws leaves no trace and takes no other along", arguments: TestDriver.allCases)
    func isolation(kind: TestDriver) async throws {
        struct Refused: Error {}
        let test = try TestLedger(kind)
        let driver = test.ledger.driver
        _ = try await driver.write { try $0.run("CREATE TABLE numbers (n BIGINT)") }
        let kept = await withTaskGroup(of: Int?.self) { group in
            for n in 0..<100 {
                group.addTask {
                    try? await driver.write { connection in
                        try connection.run("INSERT INTO numbers VALUES (?)", [.int(n)])
                        if n % 3 == 0 { throw Refused() }
                        return n
                    }
                }
            }
            return await group.reduce(into: Set<Int>()) { if let n = $1 { $0.insert(n) } }
        }
        #expect(kept == Set((0..<100).filter { $0 % 3 != 0 }))
        let stored = try await driver.read { try $0.rows("SELECT n FROM numbers", []).map { try $0.int("n") } }
        #expect(stored.count == kept.count)
        #expect(Set(stored) == kept)
    }

    @Test("A statement that fails takes only its own write along", arguments: TestDriver.allCases)
    func failingStatement(kind: TestDriver) async throws {
        let test = try TestLedger(kind)
        let driver = test.ledger.driver
        _ = try await driver.write { try $0.run("CREATE TABLE numbers (n BIGINT PRIMARY KEY)") }
        let inserted = await withTaskGroup(of: Bool.self) { group in
            for n in 0..<40 {
                group.addTask {
                    (try? await driver.write { try $0.run("INSERT INTO numbers VALUES (?)", [.int(n / 2)]) }) != nil
                }
            }
            return await group.reduce(into: 0) { if $1 { $0 += 1 } }
        }
        #expect(inserted == 20)
        let stored = try await test.ledger.driver.read { try $0.row("SELECT COUNT(*) AS n FROM numbers", [])?.int("n") }
        #expect(stored == 20)
    }

    @Test("What was sent without waiting fails its own write, whenever that is found out", arguments: TestDriver.allCases)
    func sentAhead(kind: TestDriver) async throws {
        struct Refused: Error {}
        let test = try TestLedger(kind)
        let driver = test.ledger.driver
        try await driver.write { try $0.send("CREATE TABLE numbers (n BIGINT PRIMARY KEY)", []) }
        let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
            for n in 0..<60 {
                group.addTask {
                    let sum: Int?? = try? await driver.write { connection in
                        let insert = "INSERT INTO numbers VALUES (?)"
                        try connection.send(insert, [.int(10 * n)])
                        switch n % 6 {
                        case 0:  // At the end of the write.
                            try connection.send(insert, [.int(10 * n)])
                        case 1:  // By a query, with others sent after the one that failed.
                            try connection.send(insert, [.int(10 * n)])
                            try connection.send(insert, [.int(10 * n + 1)])
                            return try connection.row("SELECT COUNT(*) AS n FROM numbers", [])?.int("n")
                        case 2:  // By nobody: the write throws for its own reasons.
                            try connection.send(insert, [.int(10 * n)])
                            throw Refused()
                        case 3:  // In a part that is undone; the write goes on.
                            try connection.send("SAVEPOINT part", [])
                            try? connection.send(insert, [.int(10 * n)])
                            try connection.rollBack(to: "part")
                        case 4:  // More than fit on the way at once, and a query that sees them all.
                            for further in 0..<500 { try connection.send(insert, [.int(1000 * n + 1000 + further)]) }
                            let count = try connection.row(
                                "SELECT COUNT(*) AS n FROM numbers WHERE n BETWEEN ? AND ?", [.int(1000 * n + 1000), .int(1000 * n + 1499)])
                            guard try count?.int("n") == 500 else { throw Refused() }
                        default:
                            break
                        }
                        return 0
                    }
                    return (n, sum != nil)
                }
            }
            return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
        }
        #expect(outcomes.filter { $0.value != ($0.key % 6 > 2) } == [:])
        let stored = try await driver.read { try $0.rows("SELECT n FROM numbers WHERE n < 600 ORDER BY n", []).map { try $0.int("n") } }
        #expect(stored == (0..<60).filter { $0 % 6 > 2 }.map { 10 * $0 })
        try driver.close()
    }

    @Test("Values come back as they were", arguments: TestDriver.allCases)
    func values(kind: TestDriver) async throws {
        let test = try TestLedger(kind)
        let driver = test.ledger.driver
        let row = try await driver.write { connection in
            try connection.run("CREATE TABLE one (absence BIGINT, number BIGINT, fraction DOUBLE PRECISION, words TEXT, bytes BLOB, none BLOB)")
            let values: [LedgerValue] = [.null, .integer(.min), .real(0.1), .text("é\u{0}'?\\"), .blob(Data([0, 255, 92])), .blob(Data())]
            try connection.run("INSERT INTO one VALUES (?, ?, ?, ?, ?, ?)", values)
            return try connection.row("SELECT *, '?' AS mark, SUM(number) OVER () AS sum FROM one", [])
        }
        try test.ledger.driver.close()
        let values = try #require(row)
        #expect(try values.instant("absence") == nil)
        #expect(try values.instant("number") == .min)
        #expect(try values.double("fraction") == 0.1)
        #expect(try values.text("words") == "é\u{FFFD}'?\\")
        #expect(try values.blob("bytes") == Data([0, 255, 92]))
        #expect(try values.blob("none") == Data())
        #expect(try values.text("mark") == "?")
        #expect(try values.instant("sum") == .min)
        #expect(throws: StorageError.self) { try values.int("words") }
        #expect(throws: StorageError.self) { try values.text("absence") }
        #expect(throws: StorageError.self) { try values.text("nosuch") }
    }

    @Test("Text is sorted by its bytes", arguments: TestDriver.allCases)
    func order(kind: TestDriver) async throws {
        let test = try TestLedger(kind)
        let driver = test.ledger.driver
        let sorted = try await driver.write { connection in
            try connection.run("CREATE TABLE words (word TEXT)")
            for word in ["b", "B", "a-1", "a1", "é", "z"] { try connection.run("INSERT INTO words VALUES (?)", [.text(word)]) }
            return try connection.rows("SELECT word FROM words ORDER BY word", []).map { try $0.text("word") }
        }
        try test.ledger.driver.close()
        #expect(sorted == ["B", "a-1", "a1", "b", "z", "é"])
    }

    @Test("A ledger of a newer version is refused", arguments: TestDriver.allCases)
    func newer(kind: TestDriver) async throws {
        let test = try TestLedger(kind)
        _ = try await test.ledger.driver.write { try $0.run("UPDATE lynx_schema SET version = 99") }
        try test.ledger.driver.close()
        let shown = try LedgerDatabase.displayName(test.database.name)
        #expect(throws: StorageError.newerSchema(path: shown, found: 99, known: Schema.currentVersion)) { try test.reopened() }
    }
}
