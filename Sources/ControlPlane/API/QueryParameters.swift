import Hummingbird
import LynxModel

extension Request {
    /// The value of a query parameter; nil if it is not there.
    func parameter(_ name: String) -> String? {
        uri.queryParameters[Substring(name)].map(String.init)
    }

    /// How many items of a list: 100 if not said.
    func limit() throws -> Int {
        guard let text = parameter("limit") else { return 100 }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let limit = Int(text), (1...1000).contains(limit)
        else { throw Problem.badParameter("limit", "is '\(text)'; it must be a number from 1 to 1000") }
        return limit
    }

    /// One of the names of an enumeration.
    func choice<Value: RawRepresentable<String> & CaseIterable>(_ name: String, as type: Value.Type = Value.self) throws -> Value? {
        guard let text = parameter(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            let values = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem.badParameter(name, "is '\(text)'; it must be one of \(values)")
        }
        return value
    }

    /// `?telemetry=summary` leaves the samples out.
    func resultDetail() throws -> ResultDetail { try choice("telemetry") ?? .full }

    /// Where a list goes on.
    func cursor() throws -> Cursor? {
        guard let text = parameter("cursor") else { return nil }
        guard let cursor = Cursor(text: text) else { throw Self.badCursor(text) }
        return cursor
    }

    /// Where a list by run index goes on: after the run index given.
    func runIndexCursor() throws -> Int? {
        guard let text = parameter("cursor") else { return nil }
        guard let index = Int(text), index >= 0, String(index) == text else { throw Self.badCursor(text) }
        return index
    }

    /// Where a list of files goes on.
    func artifactCursor() throws -> ArtifactCursor? {
        guard let text = parameter("cursor") else { return nil }
        guard let cursor = ArtifactCursor(text: text) else { throw Self.badCursor(text) }
        return cursor
    }

    private static func badCursor(_ text: String) -> Problem {
        .badParameter("cursor", "is '\(text)'; give the next_cursor of the part before")
    }
}
