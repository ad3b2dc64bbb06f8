import MAVLink

/// Whether PX4 has taken the values that it was given, as it tells them when asked.
struct ParameterCheck: Sendable {
    typealias Reading = MAVLinkParameter

    struct Mismatch: Hashable, Sendable {
        var name: String
        /// The value that was sent.
        var sent: String
        /// The value that was read back.
        var read: String
    }

    private var open: [String: VehicleParameter]

    init(_ parameters: [VehicleParameter]) {
        open = Dictionary(parameters.map { ($0.name, $0) }) { first, _ in first }
    }

    var isDone: Bool { open.isEmpty }

    /// Parameters that PX4 has not reported yet, in order.
    var missing: [String] { open.keys.sorted() }

    /// Returns what does not match; a parameter that does, or that nobody asked for, is none.
    mutating func take(_ name: String, _ reading: Reading) -> Mismatch? {
        guard let expected = open[name] else { return nil }
        open[name] = nil
        let isSame =
            switch reading {
            case .int32(let value): expected.value == Double(value)
            // PX4 reads the text as a double and keeps a float.
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
