import LynxDocument

/// The scalar numbers that a run says of itself, in the order in which it says them: those of a `summary.json`, and those
/// that `lynx_scenario.output` writes.
package struct ReportedNumbers: Sendable {
    package struct Entry: Hashable, Sendable {
        package var name: String
        /// Also one that is not finite.
        package var value: Double
        /// Empty where the run names none.
        package var units: String
    }

    package private(set) var entries: [Entry] = []
    /// What is wrong with a text that is no JSON object.
    package private(set) var problem: String?
    private var places: [String: Int] = [:]

    /// Objects within objects beyond this depth are passed over.
    private static let deepest = 8

    package init() {}

    package subscript(name: String) -> Entry? { places[name].map { entries[$0] } }

    /// The numbers of a JSON object, and those of the objects in it, as `outer.inner`. Anything else is passed over; of a
    /// name that is there twice the first one counts.
    ///
    /// - Parameter name: what `problem` calls the text.
    package init(json: [UInt8], name: String) {
        // A decoded dictionary would have lost the order of the fields, which is the author's order of importance.
        let document = Document.json(json, name: name, nonFinite: true)
        problem = document.diagnostics.list?.lines.first
        guard case .mapping(let fields)? = document.root?.content else {
            problem = problem ?? "\(name): is no JSON object, so it has no numbers to show"
            return
        }
        add(fields, below: "", depth: 1)
    }

    private mutating func add(_ fields: Mapping, below outer: String, depth: Int) {
        for field in fields.entries {
            if let number = field.value.number {
                add(Entry(name: outer + field.key, value: number, units: ""), replacing: false)
            } else if case .mapping(let inner) = field.value.content, depth < Self.deepest {
                add(inner, below: "\(outer)\(field.key).", depth: depth + 1)
            }
        }
    }

    /// The lines of a file that `lynx_scenario.output` has written: of a name that is there twice the last one counts. A last
    /// line that is not whole, as a kill leaves it, is passed over.
    ///
    /// - Parameters:
    ///   - name: what `problem` calls the file.
    ///   - startsWithFirstLine: the lines are all of the file, so that their numbers in it are known.
    package init(lines: ArraySlice<UInt8>, name: String, startsWithFirstLine: Bool = true) {
        for (number, line) in lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() where !line.isEmpty {
            let document = Document.json(Array(line), name: name, nonFinite: true)
            guard case .mapping(let fields)? = document.root?.content, case .scalar(let text)? = fields["name"]?.value.content,
                text.style == .quoted, let value = fields["value"]?.value.number
            else {
                if problem == nil, lines.last == UInt8(ascii: "\n") {
                    let place = startsWithFirstLine ? "\(name):\(number + 1): is" : "\(name): a line is"
                    problem = "\(place) no output; call lynx_scenario.output to write one"
                }
                continue
            }
            var units = ""
            if case .scalar(let scalar)? = fields["units"]?.value.content { units = scalar.text }
            add(Entry(name: text.text, value: value, units: units), replacing: true)
        }
    }

    private mutating func add(_ entry: Entry, replacing: Bool) {
        if let place = places[entry.name] {
            if replacing { entries[place] = entry }
        } else {
            places[entry.name] = entries.count
            entries.append(entry)
        }
    }
}

extension Node {
    /// The value of a JSON number, of which `NaN` and the infinities are none but are often written.
    package var number: Double? {
        guard case .scalar(let scalar) = content, scalar.style == .plain else { return nil }
        return Double(scalar.text)
    }
}
