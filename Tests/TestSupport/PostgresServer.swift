import CPostgres
import Foundation
import Glibc

/// Debian's PostgreSQL, started once for the tests of this process on a socket in a directory of its own. It goes when
/// the process does, however that ends: its keeper waits for the pipe between them to close.
package final class PostgresServer: Sendable {
    package struct Failed: Error, CustomStringConvertible {
        package var description: String
    }

    private static let shared = Result { try PostgresServer() }

    package static func running() throws -> PostgresServer { try shared.get() }

    /// One that no other test uses.
    package static func separate() throws -> PostgresServer { try PostgresServer() }

    package let directory: String
    private let keeper: Int32

    /// The URL of a database.
    package func url(_ database: String) -> String { "postgresql://lynx@/\(database)?host=\(directory)" }

    /// Sends a signal to all its processes.
    package func signal(_ number: Int32) throws {
        guard let line = try String(contentsOfFile: "\(directory)/data/postmaster.pid", encoding: .utf8).split(separator: "\n").first,
            let postmaster = pid_t(line)
        else { throw Failed(description: "PostgreSQL does not say which process it is") }
        // Parents first: who is stopped starts no more.
        kill(postmaster, number)
        let children = try String(contentsOfFile: "/proc/\(postmaster)/task/\(postmaster)/children", encoding: .utf8)
        for child in children.split(separator: " ").compactMap({ pid_t($0) }) { kill(child, number) }
    }

    deinit {
        try? signal(SIGCONT)
        close(keeper)
    }

    /// `/usr/lib/postgresql/15/bin`, or of what version there is.
    static var programs: String? {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.compactMap { Int($0) }.max().map { "\(root)/\($0)/bin" }
    }

    private init() throws {
        guard let programs = Self.programs else {
            throw Failed(description: "there is no PostgreSQL in /usr/lib/postgresql; run scripts/setup.sh")
        }
        // A socket's path may have 107 bytes only, so not in TMPDIR.
        var template = Array("/tmp/lynx-postgres-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failed(description: "no directory in /tmp") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failed(description: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        keeper = ends[1]
        var plan = try Command.make("/bin/sh", ["-c", Self.script, "keeper", directory, programs])
        plan.standardInput = ends[0]
        defer { close(ends[0]) }
        let process = try ChildProcess(plan)
        let deadline = Date(timeIntervalSinceNow: 120)
        while !FileManager.default.fileExists(atPath: "\(directory)/ready") {
            guard process.isRunning, Date() < deadline else {
                let log = (try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? ""
                throw Failed(description: "PostgreSQL did not start: \(log.suffix(1000))")
            }
            usleep(20_000)
        }
    }

    /// PostgreSQL refuses to run as root.
    private static let script = """
        set -e
        cd "$1"
        as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --clear-groups "$@"; else "$@"; fi; }
        if [ "$(id -u)" = 0 ]; then chown postgres: .; fi
        as "$2/initdb" -D data -U lynx -A trust -E UTF8 --locale=C.UTF-8 --no-sync >log 2>&1
        if [ "$(id -u)" = 0 ]; then
            setpriv --reuid postgres --regid postgres --clear-groups "$2/postgres" -D "$1/data" -k "$1" -c listen_addresses= \
                -c fsync=off -c max_connections=800 -c shared_buffers=64MB -c max_wal_size=2GB >>log 2>&1 &
        else
            "$2/postgres" -D "$1/data" -k "$1" -c listen_addresses= -c fsync=off -c max_connections=800 \
                -c shared_buffers=64MB -c max_wal_size=2GB >>log 2>&1 &
        fi
        server=$!
        trap '' INT TERM HUP
        until "$2/pg_isready" -q -h "$1" -U lynx; do kill -0 $server; sleep 0.05; done
        touch ready
        cat >/dev/null || true
        kill -QUIT $server
        wait $server || true
        rm -rf "$1"
        """
}

/// A database of a test's own, dropped with this object.
package final class PostgresDatabase: Sendable {
    private let server: PostgresServer
    package let name: String

    package var url: String { server.url(name) }

    package init() throws {
        server = try PostgresServer.running()
        name = "test_\(UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: ""))"
        try admin("CREATE DATABASE \(name)")
    }

    deinit { try? admin("DROP DATABASE \(name) WITH (FORCE)") }

    /// A statement, carried out beside whoever uses the database.
    package func admin(_ sql: String) throws {
        if let reason = lynx_load_libpq() { throw PostgresServer.Failed(description: String(cString: reason)) }
        let connection = PQconnectdb(server.url("postgres"))
        defer { PQfinish(connection) }
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return
        default: throw PostgresServer.Failed(description: String(cString: PQerrorMessage(connection)))
        }
    }
}
