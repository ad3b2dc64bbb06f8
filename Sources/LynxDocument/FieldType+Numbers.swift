extension FieldType where Value == Double {
    /// A finite number in the given bounds.
    package static func number(above: Double? = nil, atLeast: Double? = nil, atMost: Double? = nil) -> FieldType {
        let bounds = [above.map { "above \(Shown.number($0))" }, atLeast.map { "of at least \(Shown.number($0))" }].compactMap(\.self)
            + (atMost.map { ["of at most \(Shown.number($0))"] } ?? [])
        let expectation = (["a number"] + (bounds.isEmpty ? [] : [bounds.joined(separator: " and ")])).joined(separator: " ")
        let bounded = JSONValue.object(["type": "number"]).adding(above.map { ["exclusiveMinimum": $0.json] } ?? [:])
            .adding(atLeast.map { ["minimum": $0.json] } ?? [:]).adding(atMost.map { ["maximum": $0.json] } ?? [:])
        return FieldType(expectation, schema: { _ in bounded }) { field, diagnostics in
            guard let scalar = field.scalar(expectation, diagnostics) else { return nil }
            let value: Double
            switch scalar.resolved {
            case .integer(let whole): value = Double(scalar.text) ?? Double(whole)
            case .number(let number): value = number
            default:
                field.notANumber(scalar, expectation, diagnostics)
                return nil
            }
            if let above, value <= above { return field.outside(scalar, expectation, diagnostics) }
            if let atLeast, value < atLeast { return field.outside(scalar, expectation, diagnostics) }
            if let atMost, value > atMost { return field.outside(scalar, expectation, diagnostics) }
            return value
        }
    }
}

extension FieldType where Value: FixedWidthInteger & Sendable {
    /// A whole number in the given bounds.
    package static func integer(_ bounds: ClosedRange<Value>) -> FieldType {
        let expectation =
            switch (bounds.lowerBound == .min, bounds.upperBound == .max) {
            case (true, true) where Value.isSigned: "a whole number"
            case (false, true): "a whole number of at least \(bounds.lowerBound)"
            default: "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
            }
        func json(_ bound: Value) -> JSONValue { Int(exactly: bound).map { .integer($0) } ?? .unsigned(UInt64(bound)) }
        let bounded: JSONValue = ["type": "integer", "minimum": json(bounds.lowerBound), "maximum": json(bounds.upperBound)]
        return FieldType(expectation, schema: { _ in bounded }) { field, diagnostics in
            guard let scalar = field.scalar(expectation, diagnostics) else { return nil }
            switch scalar.resolved {
            case .integer(let whole):
                guard let value = Value(exactly: whole), bounds.contains(value) else { return field.outside(scalar, expectation, diagnostics) }
                return value
            case .number where scalar.isDigits: return field.outside(scalar, expectation, diagnostics)
            case .number(let number):
                let hint = Value(exactly: number).map { "write \($0)" }
                field.mismatch(expectation, diagnostics, hint: hint)
                return nil
            default:
                field.notANumber(scalar, expectation, diagnostics)
                return nil
            }
        }
    }
}

extension Field {
    fileprivate func outside<Value>(_ scalar: Scalar, _ expectation: String, _ diagnostics: DiagnosticCollector) -> Value? {
        diagnostics.report("\(scalar.shortText) is out of range; give \(expectation)", at: node.mark, path: path)
        return nil
    }

    fileprivate func notANumber(_ scalar: Scalar, _ expectation: String, _ diagnostics: DiagnosticCollector) {
        switch scalar.resolved {
        case .nonFinite:
            diagnostics.report("\(scalar.shortText) is not a finite number; give \(expectation)", at: node.mark, path: path)
        case .grouped(let bare):
            diagnostics.report("\(Excerpt.quoted(scalar.text)) has separators between its digits; write \(bare)", at: node.mark, path: path)
        case .leadingZero:
            diagnostics.report("\(scalar.shortText) begins with a zero; write it without", at: node.mark, path: path)
        case .string where scalar.style == .quoted && Scalar(scalar.text, style: .plain).isNumber:
            mismatch(expectation, diagnostics, hint: "remove the quotes")
        default:
            mismatch(expectation, diagnostics)
        }
    }
}

extension Scalar {
    /// Of a number, whose text is free of anything that would need escaping.
    var shortText: String { text.count <= 40 ? text : "\(text.prefix(40))…" }

    /// Whole, and then beyond 128 bits if it was not resolved as an integer.
    fileprivate var isDigits: Bool { text.utf8.allSatisfy { $0 < 0x40 && $0 != UInt8(ascii: ".") } }

    fileprivate var isNumber: Bool {
        switch resolved {
        case .integer, .number: true
        default: false
        }
    }
}

/// Numbers in messages: whole ones without a decimal point.
package enum Shown {
    package static func number(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    /// `1 row`, `7 rows`.
    package static func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }

    /// What JSON's writers call a number that is not finite.
    package static func notFinite(_ value: Double) -> String { value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity" }
}
