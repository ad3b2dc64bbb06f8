import Glibc

/// Interns variables by the bytes of name and units, so that a known variable needs no String. Nothing is ever removed.
///
/// Simulations report their variables in the same order at each step. The first guess is therefore the variable that followed
/// the previous one last time; only if that is wrong the name is hashed. The table uses open addressing.
///
/// It cannot be copied, as copying the references of its arrays would be most of a lookup's cost.
struct VariableTable: ~Copyable {
    /// UTF-8 without a terminating NUL; a NUL within the text ends it.
    typealias Text = UnsafeRawBufferPointer

    enum Failure: Error {
        case full
        /// The reason is a clause such as `the name is empty`.
        case refused(String)
    }

    private struct Entry {
        let hash: Int
        /// The positions of name and units in `bytes`.
        let name: Range<Int>
        let units: Range<Int>
        let variable: TelemetryVariable
        /// The entry that followed this one.
        var successor: Int
    }

    private let limits: TelemetryLimits
    private var entries: [Entry] = []
    private var bytes: [UInt8] = []
    /// Indices into `entries`; -1 marks a free slot. Their number is a power of two, and at most half of them are in use.
    private var slots = [Int32](repeating: -1, count: 64)
    private var latest = 0

    init(limits: TelemetryLimits) {
        self.limits = limits
    }

    var count: Int { entries.count }

    /// Looks up C strings, as protobuf-c produces them.
    mutating func variable(name: UnsafePointer<CChar>, units: UnsafePointer<CChar>) throws(Failure) -> TelemetryVariable {
        try variable(
            name: Text(start: name, count: strlen(name)), units: Text(start: units, count: strlen(units)))
    }

    mutating func variable(name: Text, units: Text) throws(Failure) -> TelemetryVariable {
        if !entries.isEmpty, matches(entries[latest].successor, name, units) {
            latest = entries[latest].successor
        } else {
            let index = try lookUp(Self.beforeNUL(name), Self.beforeNUL(units))
            entries[latest].successor = index
            latest = index
        }
        return entries[latest].variable
    }

    private mutating func lookUp(_ name: Text, _ units: Text) throws(Failure) -> Int {
        let hash = Self.hash(name, units)
        if let found = find(hash, name, units) { return found }
        return try add(hash, name, units)
    }

    private func find(_ hash: Int, _ name: Text, _ units: Text) -> Int? {
        var slot = hash & (slots.count - 1)
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if entries[index].hash == hash, matches(index, name, units) { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    @inline(__always)
    private func matches(_ index: Int, _ name: Text, _ units: Text) -> Bool {
        let (nameAt, unitsAt) = (entries[index].name, entries[index].units)
        guard nameAt.count == name.count, unitsAt.count == units.count else { return false }
        return bytes.withUnsafeBytes { bytes in
            Self.areEqual(bytes.baseAddress! + nameAt.lowerBound, name) && Self.areEqual(bytes.baseAddress! + unitsAt.lowerBound, units)
        }
    }

    private static func areEqual(_ known: UnsafeRawPointer, _ text: Text) -> Bool {
        text.isEmpty || memcmp(known, text.baseAddress!, text.count) == 0
    }

    private mutating func add(_ hash: Int, _ name: Text, _ units: Text) throws(Failure) -> Int {
        guard !name.isEmpty else { throw .refused("the name is empty") }
        guard name.count <= limits.maxNameBytes else { throw .refused("the name has more than \(limits.maxNameBytes) bytes") }
        guard units.count <= limits.maxUnitsBytes else { throw .refused("the units have more than \(limits.maxUnitsBytes) bytes") }
        guard let checkedName = String(validating: name, as: UTF8.self) else { throw .refused("the name is not UTF-8") }
        guard let checkedUnits = String(validating: units, as: UTF8.self) else { throw .refused("the units are not UTF-8") }
        guard entries.count < limits.maxVariables else { throw .full }
        let variable = TelemetryVariable(index: entries.count, name: checkedName, units: checkedUnits)
        entries.append(Entry(hash: hash, name: append(name), units: append(units), variable: variable, successor: 0))
        if 2 * entries.count > slots.count {
            slots = [Int32](repeating: -1, count: 2 * slots.count)
            for index in entries.indices { occupy(index) }
        } else {
            occupy(entries.count - 1)
        }
        return entries.count - 1
    }

    private mutating func occupy(_ index: Int) {
        var slot = entries[index].hash & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(index)
    }

    private mutating func append(_ text: Text) -> Range<Int> {
        let start = bytes.count
        bytes += text
        return start..<bytes.count
    }

    private static func beforeNUL(_ text: Text) -> Text {
        guard let end = text.firstIndex(of: 0) else { return text }
        return Text(rebasing: text[..<end])
    }

    // The hash is seeded per process, so that nobody can construct collisions. The count separates name from units.
    private static func hash(_ name: Text, _ units: Text) -> Int {
        var hasher = Hasher()
        hasher.combine(name.count)
        hasher.combine(bytes: name)
        hasher.combine(bytes: units)
        return hasher.finalize()
    }
}
