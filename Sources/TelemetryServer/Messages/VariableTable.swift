import Glibc

/// Interns variables by the bytes of name and units, so that a known variable costs one hash and one comparison per sample
/// and no String. Open addressing; nothing is ever removed.
struct VariableTable {
    /// A C string as protobuf-c hands it out.
    typealias Text = UnsafePointer<CChar>

    enum Failure: Error {
        case full
        case invalid(String)
    }

    private struct Entry {
        let hash: Int
        /// Where name and units, each with its NUL, lie in `bytes`.
        let name: Int
        let units: Int
        let variable: TelemetryVariable
    }

    private let limits: TelemetryLimits
    private var entries: [Entry] = []
    private var bytes: [CChar] = []
    /// Indices into `entries`, -1 where there is none; a power of two of them, at most half in use.
    private var slots = [Int32](repeating: -1, count: 64)

    init(limits: TelemetryLimits) {
        self.limits = limits
    }

    var count: Int { entries.count }

    mutating func variable(name: Text, units: Text) throws(Failure) -> TelemetryVariable {
        let hash = Self.hash(name, units)
        if let found = find(hash, name, units) { return found }
        return try add(hash, name, units)
    }

    private func find(_ hash: Int, _ name: Text, _ units: Text) -> TelemetryVariable? {
        var slot = hash & (slots.count - 1)
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if entry.hash == hash, matches(entry, name, units) { return entry.variable }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func matches(_ entry: Entry, _ name: Text, _ units: Text) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            strcmp(bytes.baseAddress! + entry.name, name) == 0 && strcmp(bytes.baseAddress! + entry.units, units) == 0
        }
    }

    private mutating func add(_ hash: Int, _ name: Text, _ units: Text) throws(Failure) -> TelemetryVariable {
        let checkedName = try Self.check("name", name, limit: limits.maxNameBytes)
        guard !checkedName.isEmpty else { throw .invalid("a sample has no name") }
        let checkedUnits = try Self.check("units", units, limit: limits.maxUnitsBytes)
        guard entries.count < limits.maxVariables else { throw .full }
        let variable = TelemetryVariable(index: entries.count, name: checkedName, units: checkedUnits)
        entries.append(Entry(hash: hash, name: append(name), units: append(units), variable: variable))
        if 2 * entries.count > slots.count {
            slots = [Int32](repeating: -1, count: 2 * slots.count)
            for index in entries.indices { occupy(index) }
        } else {
            occupy(entries.count - 1)
        }
        return variable
    }

    private mutating func occupy(_ index: Int) {
        var slot = entries[index].hash & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(index)
    }

    private mutating func append(_ text: Text) -> Int {
        let start = bytes.count
        bytes += UnsafeBufferPointer(start: text, count: strlen(text) + 1)
        return start
    }

    private static func check(_ what: String, _ text: Text, limit: Int) throws(Failure) -> String {
        let length = strlen(text)
        guard length <= limit else { throw .invalid("a sample's \(what) has \(length) bytes; the limit is \(limit)") }
        guard let valid = String(validatingCString: text) else { throw .invalid("a sample's \(what) is not UTF-8") }
        return valid
    }

    // Seeded per process: nobody can choose names that collide.
    private static func hash(_ name: Text, _ units: Text) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(start: name, count: strlen(name) + 1))
        hasher.combine(bytes: UnsafeRawBufferPointer(start: units, count: strlen(units)))
        return hasher.finalize()
    }
}
