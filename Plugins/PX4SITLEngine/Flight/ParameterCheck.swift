import MAVLink

/// Checks that PX4 uses the given parameter values, by comparing them with those read back.
struct ParameterCheck: Sendable {
    typealias Reading = MAVLinkParameter

    struct Mismatch: Hashable, Sendable {
        var name: String
        /// The value as text that was passed to PX4.
        var sent: String
        /// The value as text that was read back.
        var read: String
    }

    private var open: [String: VehicleParameter]

    init(_ parameters: [VehicleParameter]) {
        open = Dictionary(parameters.map { ($0.name, $0) }) { first, _ in first }
    }

    var isDone: Bool { open.isEmpty }

    /// The names of parameters that PX4 has not reported yet, sorted.
    var missing: [String] { open.keys.sorted() }

    /// Records a reported parameter; returns the mismatch if it differs from the given value, otherwise nil.
    mutating func record(_ name: String, _ reading: Reading) -> Mismatch? {
        guard let expected = open[name] else { return nil }
        open[name] = nil
        let isSame =
            switch reading {
            case .int32(let value): expected.value == Double(value)
            // PX4 reads the text as a double and stores a float.
            case .float(let value): value == Float(expected.value)
            }
        return isSame ? nil : Mismatch(name: name, sent: expected.text, read: Self.text(reading))
    }

    private static func text(_ reading: Reading) -> String {
        switch reading {
        case .int32(let value): "\(value)"
        case .float(let value): "\(value)"
        }
    }
}
