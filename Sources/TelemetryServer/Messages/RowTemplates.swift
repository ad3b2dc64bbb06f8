/// The wire format of known variables' rows, except for their two numbers.
///
/// A simulation sends the same rows at each step. Therefore a row is expected to be the one that followed the previous row last
/// time; if all of its bytes but those of its numbers match, it belongs to that variable and needs no parsing. Templates are
/// predictions only: `WireRows` defines the format of a row and which variable it belongs to.
struct RowTemplates: ~Copyable {
    /// The size limit, in words of eight bytes, of a row with a template.
    private static let mostWords = 16
    /// Each position of a template has two words: the expected bits, and the mask of the bits that are compared. The last
    /// position covers the row's last eight bytes, wherever these begin.
    private static let stride = 2 * (mostWords + 1)

    private struct Template {
        /// Size of the whole row in bytes, including its tag; 0 while there is no template.
        var byteCount = 0
        /// Offsets of the numbers; nil if a number is 0 and was left out.
        var valueAt: Int?
        var simTimeAt: Int?
        /// The variable whose row followed this one's.
        var successor = 0
    }

    /// The templates by index of the variable, like all other arrays here.
    private var templates: [Template] = []
    private var words: [UInt64] = []
    private var latest = 0

    /// Reads a message of known rows.
    ///
    /// - Parameter rows: receives the rows.
    /// - Returns: the number of rows; nil if the message may have any other content, or has more rows than fit.
    mutating func read(_ message: UnsafeRawBufferPointer, into rows: UnsafeMutableBufferPointer<TelemetryRow>) -> Int? {
        guard var at = message.baseAddress, !templates.isEmpty else { return nil }
        let end = at + message.count
        var (count, variable) = (0, latest)
        while at < end {
            variable = templates[variable].successor
            guard count < rows.count, matches(variable, at, end) else { return nil }
            let template = templates[variable]
            rows[count] = TelemetryRow(
                variable: variable, simTime: Self.number(at, template.simTimeAt), value: Self.number(at, template.valueAt))
            count += 1
            at += template.byteCount
        }
        latest = variable
        return count
    }

    /// Predicts that the next row of the variable has this format and follows the preceding variable's row.
    mutating func learn(_ row: WireRows.Row, of variable: Int) {
        if variable >= templates.count {
            let missing = variable + 1 - templates.count
            templates.append(contentsOf: repeatElement(Template(), count: missing))
            words.append(contentsOf: repeatElement(0, count: missing * Self.stride))
        }
        templates[latest].successor = variable
        latest = variable
        templates[variable].byteCount = 0
        guard let bytes = row.plainBytes, (8...8 * Self.mostWords).contains(bytes.count) else { return }
        let start = bytes.baseAddress!
        templates[variable].byteCount = bytes.count
        templates[variable].valueAt = row.valueAt.map { $0 - start }
        templates[variable].simTimeAt = row.simTimeAt.map { $0 - start }
        let numbers = [row.valueAt, row.simTimeAt].compactMap { $0.map { $0 - start..<$0 - start + 8 } }
        for place in 0...Self.mostWords {
            let offset = place < Self.mostWords ? 8 * place : bytes.count - 8
            guard offset + 8 <= bytes.count else { continue }
            var mask: UInt64 = 0
            withUnsafeMutableBytes(of: &mask) { mask in
                for byte in 0..<8 where !numbers.contains(where: { $0.contains(offset + byte) }) { mask[byte] = 0xff }
            }
            words[variable * Self.stride + 2 * place] = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            words[variable * Self.stride + 2 * place + 1] = mask
        }
    }

    @inline(__always)
    private func matches(_ variable: Int, _ at: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
        let byteCount = templates[variable].byteCount
        guard byteCount > 0, end - at >= byteCount else { return false }
        return words.withUnsafeBufferPointer { words in
            let expected = words.baseAddress! + variable * Self.stride
            func difference(_ place: Int, _ offset: Int) -> UInt64 {
                (at.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ expected[2 * place]) & expected[2 * place + 1]
            }
            var differences = difference(Self.mostWords, byteCount - 8)
            for place in 0..<byteCount >> 3 { differences |= difference(place, 8 * place) }
            return differences == 0
        }
    }

    @inline(__always)
    private static func number(_ row: UnsafeRawPointer, _ offset: Int?) -> Double {
        guard let offset else { return 0 }
        return Double(bitPattern: UInt64(littleEndian: row.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
}
