/// How the rows of known variables look on the wire, in all but their two numbers.
///
/// A simulation sends the same rows at each step. So a row is expected to be the one that came after the row before, the
/// last time; if all of its bytes but those of its numbers are as they were, it is that variable's, and nothing needs to be
/// parsed. What is here is an expectation only: `WireRows` says what a row is, and of which variable.
struct RowTemplates: ~Copyable {
    /// Rows of up to so many words have a template.
    private static let mostWords = 16
    /// Two words for each place: what is to be there, and which of its bits are to be. The last place is that of the row's last eight
    /// bytes, wherever these begin.
    private static let stride = 2 * (mostWords + 1)

    private struct Template {
        /// Size of the whole row with its tag, in bytes; 0 while there is no template.
        var byteCount = 0
        /// Where the numbers lie; a number that is 0 may have been left out.
        var valueAt: Int?
        var simTimeAt: Int?
        /// The variable whose row came after this one's.
        var successor = 0
    }

    /// By the variable's number, as is all else here.
    private var templates: [Template] = []
    private var words: [UInt64] = []
    private var latest = 0

    /// Reads a message of known rows.
    ///
    /// - Parameter rows: where to put them.
    /// - Returns: how many there are; nil if the message may be anything else, or has more rows than there is room for.
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

    /// Expects the next row of the variable to be like this one, and to come after the variable before.
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
