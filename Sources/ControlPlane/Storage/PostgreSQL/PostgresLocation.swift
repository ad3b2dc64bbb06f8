import CPostgres
import FoundationEssentials

/// Where a PostgreSQL database is: what libpq is given, and what may be said of it. The URL may hold a password, so
/// it is shown to nobody.
struct PostgresLocation: Sendable {
    /// Without user's secrets, such as `postgresql://lynx@db.example:5432/ledger`.
    let name: String
    private let url: String

    static func isURL(_ database: String) -> Bool {
        database.hasPrefix("postgres://") || database.hasPrefix("postgresql://")
    }

    /// - Throws: `StorageError.cannotOpen` for what libpq cannot read, and without libpq.
    init(url: String) throws {
        if let reason = lynx_load_libpq() {
            throw StorageError.cannotOpen(path: "postgresql://…", reason: "\(String(cString: reason)); install libpq5")
        }
        // Its complaint quotes the part that it doesn't understand, which may be the password.
        guard let options = PQconninfoParse(url, nil) else {
            throw StorageError.cannotOpen(
                path: "postgresql://…",
                reason: "the URL cannot be read; give postgresql://USER@HOST:PORT/DATABASE, with special characters percent-encoded")
        }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        self.url = url
        let user = values["user"].map { "\($0)@" } ?? ""
        let port = values["port"].map { ":\($0)" } ?? ""
        name = "postgresql://\(user)\(values["host"] ?? "")\(port)/\(values["dbname"] ?? "")"
    }

    /// A new connection, as it is after the attempt: its status says whether it succeeded.
    ///
    /// - Parameter seconds: for each of the server's addresses.
    func connect(withinSeconds seconds: Int) -> OpaquePointer? {
        // What comes later wins: the URL over our default, the encoding over all.
        let parameters: [(String, String)] = [
            ("connect_timeout", "\(seconds)"), ("tcp_user_timeout", "10000"), ("fallback_application_name", "lynxctl"), ("dbname", url),
            ("client_encoding", "UTF8"),
        ]
        return withCStrings(parameters.map(\.0)) { keywords in
            withCStrings(parameters.map(\.1)) { values in PQconnectdbParams(keywords, values, 1) }
        }
    }

    private func withCStrings<Value>(
        _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
    ) -> Value {
        let bytes = texts.map { ContiguousArray($0.utf8CString) }
        let size = bytes.reduce(0) { $0 + $1.count }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: max(1, size)) { buffer in
            var pointers: [UnsafePointer<CChar>?] = []
            var offset = 0
            for text in bytes {
                for (index, byte) in text.enumerated() { buffer[offset + index] = byte }
                pointers.append(UnsafePointer(buffer.baseAddress! + offset))
                offset += text.count
            }
            pointers.append(nil)
            return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
        }
    }
}
