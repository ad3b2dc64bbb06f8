import CommandDocument
import Glibc
import LynxModel
import Support

/// Finds numbers in a text that a run left.
enum ResultReader {
    struct Problem: Error {
        /// What is wrong with the file: `is not there`.
        var message: String
    }

    struct Number: Hashable {
        var name: String
        var value: Double
    }

    /// How much is read of a text, from its end, in bytes, and of a table's first line.
    private static let longestEnd: Int64 = 4 << 20
    private static let longestDocument = 64 << 20

    static func numbers(_ format: ResultSource.Format, at path: String) throws(Problem) -> [Number] {
        switch format {
        case .json: return try json(path)
        case .csv: return try lastRow(path)
        case .keyValue: return keyValues(try lines(path))
        case .pattern(let pattern): return try matches(pattern, in: try lines(path))
        }
    }

    private static func open(_ path: String) throws(Problem) -> OwnedDescriptor {
        do throws(FileError) {
            // Non-blocking: the run may have put a FIFO there that has no writer.
            let file = try OwnedDescriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
            if FileStatus(descriptor: file.raw)?.isRegular == true { return file }
        } catch {
            throw Problem(message: error.code == ENOENT ? "is not there" : "cannot be read: \(error.reason)")
        }
        throw Problem(message: "is not a regular file")
    }

    private static func json(_ path: String) throws(Problem) -> [Number] {
        let file = try open(path)
        guard let content = (try? file.readAll(atMost: longestDocument, of: path)) ?? nil else {
            throw Problem(message: "cannot be read or is larger than \(longestDocument >> 20) MiB")
        }
        var numbers = ReportedNumbers(json: content, name: "it")
        // What a program prints before its result is no part of it.
        if numbers.problem != nil, let line = content.split(separator: UInt8(ascii: "\n")).last(where: { $0.first == UInt8(ascii: "{") }) {
            numbers = ReportedNumbers(json: Array(line), name: "its last object")
        }
        if let problem = numbers.problem { throw Problem(message: "is no JSON object: \(problem)") }
        return numbers.entries.map { Number(name: $0.name, value: $0.value) }
    }

    private static func lastRow(_ path: String) throws(Problem) -> [Number] {
        let file = try open(path)
        let head = file.bytes(count: Int(longestEnd))
        guard let end = head.firstIndex(of: UInt8(ascii: "\n")) else { throw Problem(message: "has no rows") }
        let table = TextTable(header: head[..<end])
        guard let row = try lines(path, from: Int64(end + 1)).reversed().lazy.compactMap({ table.numbers(in: $0) }).first else {
            throw Problem(message: "has no row with \(table.names.count) values")
        }
        return zip(table.names, row).compactMap { name, value in value.map { Number(name: name, value: $0) } }
    }

    /// The lines at the end of a file that are not empty.
    private static func lines(_ path: String, from first: Int64 = 0) throws(Problem) -> [ArraySlice<UInt8>] {
        let file = try open(path)
        let size = FileStatus(descriptor: file.raw)?.size ?? 0
        let start = max(first, size - longestEnd)
        var lines = file.bytes(at: start, count: Int(max(0, size - start))).split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        // What comes first has lost its beginning.
        if start > first, !lines.isEmpty { lines.removeFirst() }
        return lines
    }

    /// Of a name that is there twice the last one counts.
    private static func keyValues(_ lines: [ArraySlice<UInt8>]) -> [Number] {
        var places: [String: Int] = [:]
        var numbers: [Number] = []
        for line in lines {
            guard let separator = line.firstIndex(of: UInt8(ascii: "=")) ?? line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = trimmed(line[..<separator])
            // Units may follow the number.
            let words = line[line.index(after: separator)...].split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard !name.isEmpty, name.utf8.count <= 200, let word = words.first,
                let value = NumberText.value(String(decoding: word.last == UInt8(ascii: ",") || word.last == UInt8(ascii: ";") ? word.dropLast() : word, as: UTF8.self))
            else { continue }
            if let place = places[name] {
                numbers[place].value = value
            } else {
                places[name] = numbers.count
                numbers.append(Number(name: name, value: value))
            }
        }
        return numbers
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\"") }
        let start = bytes.drop(while: isBlank)
        let end = start.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start.startIndex
        return String(decoding: start[..<end], as: UTF8.self)
    }

    /// The named groups of the last line that matches each of them.
    private static func matches(_ pattern: String, in lines: [ArraySlice<UInt8>]) throws(Problem) -> [Number] {
        guard let regex = try? Regex(pattern) else { throw Problem(message: "cannot be searched: the regular expression is not valid") }
        for line in lines.reversed() {
            guard let match = try? regex.firstMatch(in: String(decoding: line, as: UTF8.self)) else { continue }
            let numbers = match.output.compactMap { group -> Number? in
                guard let name = group.name, let text = group.substring, let value = NumberText.value(text) else { return nil }
                return Number(name: name, value: value)
            }
            if !numbers.isEmpty { return numbers }
        }
        throw Problem(message: "has no line with a number that matches '\(pattern)'")
    }
}
