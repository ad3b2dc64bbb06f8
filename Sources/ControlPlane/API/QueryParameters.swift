import HTTPTypes
import Hummingbird
import LynxModel

extension Request {
    /// The value of a parameter in the query or in a header; nil if it is not there.
    func text(_ parameter: EndpointParameter) -> String? {
        switch parameter.place {
        case .header: HTTPField.Name(parameter.name).flatMap { headers[$0] }
        default: uri.queryParameters[Substring(parameter.name)].map(String.init)
        }
    }

    /// A parameter's whole number; what the parameter says of it if it is not there.
    ///
    /// - Throws: a 422 `Problem` for what is no number, or not one within the parameter's bounds.
    func integer(_ parameter: EndpointParameter) throws -> Int? {
        guard case .integer(let bounds, let standard) = parameter.kind else { preconditionFailure("'\(parameter.name)' is no whole number") }
        guard let text = text(parameter) else { return standard }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let value = Int(text), bounds.contains(value)
        else {
            let range = bounds.upperBound == .max ? "from \(bounds.lowerBound) on" : "from \(bounds.lowerBound) to \(bounds.upperBound)"
            throw Problem.badParameter(parameter.name, "is '\(text)'; it must be a number \(range)")
        }
        return value
    }

    /// A parameter's number; nil if it is not there.
    ///
    /// - Throws: a 422 `Problem` for what is no finite number.
    func number(_ parameter: EndpointParameter) throws -> Double? {
        guard let text = text(parameter) else { return nil }
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(text), value.isFinite else {
            throw Problem.badParameter(parameter.name, "is '\(text)'; it must be a number of simulated seconds")
        }
        return value
    }

    /// One of a parameter's names; what the parameter says if it is not there.
    ///
    /// - Throws: a 422 `Problem` for another name.
    func choice<Value: RawRepresentable<String>>(_ parameter: EndpointParameter, as type: Value.Type = Value.self) throws -> Value? {
        guard case .choice(let names, let standard, _) = parameter.kind else { preconditionFailure("'\(parameter.name)' is no choice") }
        guard let text = text(parameter) ?? standard else { return nil }
        guard let value = Value(rawValue: text) else {
            throw Problem.badParameter(parameter.name, "is '\(text)'; it must be one of \(names.joined(separator: ", "))")
        }
        return value
    }

    /// Whether a choice of `true` and `false` is `true`.
    ///
    /// - Throws: a 422 `Problem` for another word.
    func flag(_ parameter: EndpointParameter) throws -> Bool { try choice(parameter, as: Flag.self) == .true }

    private enum Flag: String { case `true`, `false` }

    /// What a parameter gives that must be there.
    ///
    /// - Throws: a 422 `Problem` where it is not.
    func required<Value>(_ parameter: EndpointParameter, _ read: (EndpointParameter) throws -> Value?) throws -> Value {
        guard let value = try read(parameter) else { throw Problem.badParameter(parameter.name, "is missing") }
        return value
    }

    /// How many items of a list.
    func limit() throws -> Int { try required(.limit, integer) }

    /// `?telemetry=summary` leaves the samples out.
    func resultDetail() throws -> ResultDetail { try required(.telemetry) { try choice($0) } }

    /// Where a list goes on.
    func cursor() throws -> Cursor? {
        guard let text = text(.cursor) else { return nil }
        guard let cursor = Cursor(text: text) else { throw Self.badCursor(text) }
        return cursor
    }

    /// Where a list by run index goes on: after the run index given.
    func runIndexCursor() throws -> Int? {
        guard let text = text(.cursor) else { return nil }
        guard let index = Int(text), index >= 0, String(index) == text else { throw Self.badCursor(text) }
        return index
    }

    /// Where a list of files goes on.
    func artifactCursor() throws -> ArtifactCursor? {
        guard let text = text(.cursor) else { return nil }
        guard let cursor = ArtifactCursor(text: text) else { throw Self.badCursor(text) }
        return cursor
    }

    private static func badCursor(_ text: String) -> Problem {
        .badParameter("cursor", "is '\(text)'; give the next_cursor of the part before")
    }
}
