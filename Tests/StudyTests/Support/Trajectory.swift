import Foundation

/// A `trajectory.csv`.
struct Trajectory {
    struct Row {
        /// In s.
        var time: Double
        /// In m.
        var position: SIMD3<Double>
    }

    let header: String
    let rows: [Row]

    init(path: String) throws { try self.init(text: String(contentsOfFile: path, encoding: .utf8)) }

    /// Without a last line that was not finished when its writer was killed.
    init(wholeRowsOf path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try self.init(text: String(text[...(text.lastIndex(of: "\n") ?? text.startIndex)]))
    }

    private init(text: String) throws {
        let lines = text.split(separator: "\n")
        header = lines.first.map(String.init) ?? ""
        rows = try lines.dropFirst().map { line in
            let numbers = line.split(separator: ",").compactMap { Double($0) }
            guard numbers.count == 7 else { throw CocoaError(.fileReadCorruptFile) }
            return Row(time: numbers[0], position: SIMD3(numbers[1], numbers[2], numbers[3]))
        }
    }
}
