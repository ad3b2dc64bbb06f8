/// What an API token may do. Each scope includes those before it.
public enum AccessScope: String, Codable, CaseIterable, Comparable, Sendable {
    /// Look at batches, jobs, results and runners.
    case read
    /// Submit and cancel batches.
    case submit
    /// Make and revoke tokens; enrol, drain and revoke runners.
    case admin

    private var rank: Int {
        switch self {
        case .read: 0
        case .submit: 1
        case .admin: 2
        }
    }

    public static func < (one: Self, other: Self) -> Bool { one.rank < other.rank }
}

/// The name of a tenant: batches, runners and tokens belong to one, and tenants don't see each other.
public enum Tenant {
    /// The only one where there is no authentication.
    public static let standard = "default"

    /// 1 to 64 letters, digits, `-`, `_` and `.` of ASCII.
    public static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil || "-_.".unicodeScalars.contains($0))
            }
    }
}
