import LynxDocument
import LynxModel

/// Where declared options stand, which decides which of them may be set there.
enum OptionPlace: Sendable {
    /// The engine's section of `engine_options`.
    case section
    /// A scenario of the runner, which has fields of its own.
    case scenario
    /// The code that a batch brings along, which has the same fields.
    case batch
}

extension EngineDeclaration {
    /// How the options of the engine are read at a place.
    ///
    /// - Parameter hostKeys: the options that the host itself reads, with their types.
    func options(at place: OptionPlace, hostKeys: [(String, FieldType<Bool>, String)] = []) -> FieldType<Bool> {
        let tree = DeclaredTree(keys)
        let members = tree.members.filter { name, member in
            let traits = member.key?.traits ?? []
            return switch place {
            case .section: true
            case .scenario: !traits.contains(.entrypoint)
            case .batch: traits.contains(.batch) && !traits.contains(.entrypoint)
            }
        }
        return .mapping("the engine's options") { fields in
            for (name, member) in members { _ = fields.optional(name, member.type, member.key?.documentation ?? "") }
            for (name, type, documentation) in hostKeys { _ = fields.optional(name, type, documentation) }
            return true
        }
    }
}

/// Declared keys as the tree that their names describe.
private final class DeclaredTree: Sendable {
    let key: DeclaredKey?
    let members: [(name: String, tree: DeclaredTree)]
    /// What the items of a list are; nil if that is not declared.
    private let item: DeclaredTree?
    /// What the values of a mapping with any names are; nil if that is not declared.
    private let value: DeclaredTree?

    convenience init(_ keys: [DeclaredKey]) { self.init(nil, keys.map { ($0.key[...], $0) }) }

    /// - Parameter below: the keys in this one, with the rest of their names.
    private init(_ key: DeclaredKey?, _ below: [(rest: Substring, key: DeclaredKey)]) {
        self.key = key
        var names: [String] = []
        var groups: [String: (own: DeclaredKey?, below: [(Substring, DeclaredKey)])] = [:]
        for (rest, declared) in below {
            let step = Self.step(of: rest)
            if groups[step] == nil {
                names.append(step)
                groups[step] = (nil, [])
            }
            // A name that is none, such as `[`, has no step.
            let left = step.isEmpty ? "" : rest.dropFirst(rest.hasPrefix(".") ? step.count + 1 : step.count)
            if left.isEmpty { if groups[step]?.own == nil { groups[step]?.own = declared } } else { groups[step]?.below.append((left, declared)) }
        }
        let trees = Dictionary(uniqueKeysWithValues: groups.map { ($0.key, DeclaredTree($0.value.own, $0.value.below)) })
        item = trees["[]"]
        value = trees["*"]
        members = names.filter { $0 != "[]" && $0 != "*" }.map { ($0, trees[$0]!) }
    }

    /// The first step of a name: `[]`, or what is before the next dot or bracket.
    private static func step(of rest: Substring) -> String {
        if rest.hasPrefix("[]") { return "[]" }
        return String((rest.hasPrefix(".") ? rest.dropFirst() : rest).prefix { $0 != "." && $0 != "[" })
    }

    var type: FieldType<Bool> {
        let anything = FieldType<EngineOption>.engineOption.map { _ in true }
        guard let key, !key.types.isEmpty else { return anything }
        let scalar = key.scalarType
        let items = FieldType<[Bool]>.list(of: item?.type ?? anything, named: "values").map { _ in true }
        let list = key.types.contains(.list) ? items : nil
        let mapping = key.types.contains(.map) ? self.mapping : nil
        if list != nil, key.traits.contains(.oneOrMore) { return .oneOrMore(item?.type ?? anything, items) }
        let kinds = [scalar, list, mapping].compactMap(\.self)
        guard kinds.count > 1 else { return kinds.first ?? anything }
        return .alternatives(kinds.map(\.expectation).joined(separator: ", or "), scalar: scalar, list: list, mapping: mapping)
    }

    private var mapping: FieldType<Bool> {
        let name = key.map { "'\($0.key)'" } ?? "the options"
        if members.isEmpty {
            let values = value?.type ?? FieldType<EngineOption>.engineOption.map { _ in true }
            return FieldType<[String: Bool]>.dictionary(of: values, named: "names to values", key: .line()).map { _ in true }
        }
        return .mapping(name) { [members, value] fields in
            for (name, member) in members {
                let (type, documentation) = (member.type, member.key?.documentation ?? "")
                let isRequired = member.key?.traits.contains(.required) ?? false
                _ = isRequired ? fields.required(name, type, documentation) : fields.optional(name, type, documentation)
            }
            if let value { _ = fields.others(value.type, key: .line(), value.key?.documentation ?? "") }
            return true
        }
    }
}

extension DeclaredKey {
    /// How a scalar is read; nil if the key may be none.
    var scalarType: FieldType<Bool>? { scalarTypes.count > 1 ? .oneOf(scalarTypes) : scalarTypes.first }

    /// How each of the scalars is read that the key may be.
    fileprivate var scalarTypes: [FieldType<Bool>] {
        var found: [FieldType<Bool>] = []
        if types.contains(.string) { found.append(FieldType<String>.string.map { _ in true }) }
        if types.contains(.path) { found.append(FieldType<String>.path.map { _ in true }) }
        if types.contains(.integer) {
            let low = Int64(exactly: minimum.rounded(.up)) ?? .min, high = Int64(exactly: maximum.rounded(.down)) ?? .max
            let least = traits.contains(.aboveMinimum) && Double(low) == minimum ? low + 1 : low
            found.append(FieldType<Int64>.integer(least...max(least, high)).map { _ in true })
        }
        if types.contains(.number) {
            let isAbove = traits.contains(.aboveMinimum), low = minimum.isFinite ? minimum : nil
            found.append(
                FieldType<Double>.number(above: isAbove ? low : nil, atLeast: isAbove ? nil : low, atMost: maximum.isFinite ? maximum : nil)
                    .map { _ in true })
        }
        if types.contains(.boolean) { found.append(FieldType<Bool>.bool) }
        if types.contains(.choice) { found.append(.choice(of: choices)) }
        return found
    }
}

extension FieldType where Value == Bool {
    /// A scalar of any of several types.
    fileprivate static func oneOf(_ types: [FieldType]) -> FieldType {
        let expectation = types.map(\.expectation).joined(separator: " or ")
        return FieldType(expectation, schema: { parts in ["anyOf": .array(types.map { $0.schema(parts) })] }) { field, diagnostics in
            if types.contains(where: { $0.read(field, DiagnosticCollector()) != nil }) { return true }
            field.mismatch(expectation, diagnostics)
            return nil
        }
    }

    fileprivate static func oneOrMore(_ item: FieldType, _ list: FieldType) -> FieldType {
        FieldType("\(item.expectation), or a list", schema: { ["anyOf": [item.schema($0), list.schema($0)]] }) { field, diagnostics in
            if case .sequence = field.node.content { return list.read(field, diagnostics) }
            return item.read(field, diagnostics)
        }
    }

    fileprivate static func choice(of names: [String]) -> FieldType {
        let expectation = "one of \(names.joined(separator: ", "))"
        return FieldType(expectation, schema: { _ in ["type": "string", "enum": .array(names.map { .string($0) })] }) { field, diagnostics in
            guard let scalar = field.scalar(expectation, diagnostics) else { return nil }
            if names.contains(scalar.text) { return true }
            let guess = Suggestion.closest(to: scalar.text, among: names).map { "did you mean '\($0)'? It is" } ?? "give"
            diagnostics.report("\(Excerpt.quoted(scalar.text)) is not known; \(guess) \(expectation)", at: field.node.mark, path: field.path)
            return nil
        }
    }
}
