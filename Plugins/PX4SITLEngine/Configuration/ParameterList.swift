import FoundationEssentials
import LynxModel

/// The parameters that a PX4 build knows, from the list that the build makes of them.
struct ParameterList: Sendable {
    enum Kind: String, Decodable, Sendable {
        case integer = "Int32"
        case float = "Float"
    }

    /// What the build says of one.
    struct Definition: Hashable, Sendable {
        var kind: Kind
        var least: Double?
        var most: Double?

        /// What values are allowed, where `value` is not; PX4 itself takes any, and flies on it.
        func limits(brokenBy value: Double) -> String? {
            // As PX4 keeps them: 0.1 is no more than a limit of 0.1.
            let isLess = least.map { Float(value) < Float($0) } ?? false, isMore = most.map { Float(value) > Float($0) } ?? false
            guard isLess || isMore else { return nil }
            return switch (least, most) {
            case (let least?, let most?): "from \(Self.short(least)) to \(Self.short(most))"
            case (let least?, nil): "\(Self.short(least)) or more"
            case (_, let most): "\(Self.short(most ?? 0)) or less"
            }
        }

        private static func short(_ value: Double) -> String { Int64(exactly: value).map { "\($0)" } ?? "\(value)" }
    }

    private let definitions: [String: Definition]

    private struct File: Decodable {
        struct Parameter: Decodable {
            var name: String
            var type: String
            var min: Double?
            var max: Double?
        }
        var parameters: [Parameter]
    }

    /// Reads `parameters.json` of a build.
    init(json: [UInt8]) throws {
        let file = try WireJSON.decode(File.self, from: Data(json))
        let entries = file.parameters.compactMap { entry in
            Kind(rawValue: entry.type).map { (entry.name, Definition(kind: $0, least: entry.min, most: entry.max)) }
        }
        definitions = Dictionary(entries) { first, _ in first }
    }

    var count: Int { definitions.count }

    subscript(name: String) -> Definition? { definitions[name] }

    /// The known name that somebody who wrote `name` most likely meant.
    func nearest(to name: String) -> String? { Suggestion.closest(to: name, among: definitions.keys.sorted()) }
}
