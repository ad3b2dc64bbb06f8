import FoundationEssentials
import LynxModel

/// The parameters that a PX4 build knows, from the list that the build makes of them.
struct ParameterList: Sendable {
    enum Kind: String, Decodable, Sendable {
        case integer = "Int32"
        case float = "Float"
    }

    private let kinds: [String: Kind]

    private struct File: Decodable {
        struct Parameter: Decodable {
            var name: String
            var type: String
        }
        var parameters: [Parameter]
    }

    /// Reads `parameters.json` of a build.
    init(json: [UInt8]) throws {
        let file = try WireJSON.decode(File.self, from: Data(json))
        kinds = Dictionary(file.parameters.compactMap { entry in Kind(rawValue: entry.type).map { (entry.name, $0) } }) { first, _ in first }
    }

    var count: Int { kinds.count }

    subscript(name: String) -> Kind? { kinds[name] }

    /// The known name that somebody who wrote `name` most likely meant.
    func nearest(to name: String) -> String? { Suggestion.closest(to: name, among: kinds.keys.sorted()) }
}
