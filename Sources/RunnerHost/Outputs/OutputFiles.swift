import Glibc
import LynxDocument
import LynxModel
import Support

/// The files of a run that outputs are read from. The simulation wrote them, so they are not trusted: only regular files up to
/// a limited size are read, and no link is followed.
struct OutputFiles {
    /// The output directory.
    let directory: String

    static let summary = "summary.json"
    static let reported = "outputs.jsonl"
    private static let longestDocument = 16 << 20
    /// The number of bytes and of lines that are read from the end of the file that the scenario reports to line by line.
    static let longestReport: Int64 = 4 << 20
    static let mostReportLines = 20_000
    /// The number of bytes read from the end of a CSV file, besides its first line.
    private static let longestEnd: Int64 = 1 << 20

    enum Problem: Error {
        case absent
        case unreadable(String)
    }

    func document(_ path: String) throws(Problem) -> [UInt8] {
        let file = try open(path)
        do {
            guard let content = try file.readAll(atMost: Self.longestDocument, of: path) else {
                throw Problem.unreadable("is larger than \(Self.longestDocument >> 20) MiB")
            }
            return content
        } catch let error as FileError {
            throw .unreadable(error.description)
        } catch {
            throw error as! Problem
        }
    }

    /// The lines at the end of a file with their line ends, which the last one may lack.
    ///
    /// - Returns: the bytes, and whether the file has more before them.
    func lastLines(of path: String) throws(Problem) -> (bytes: ArraySlice<UInt8>, areAll: Bool) {
        let file = try open(path)
        guard let size = FileStatus(descriptor: file.raw)?.size else { throw .unreadable("cannot be read") }
        let from = max(0, size - Self.longestReport)
        let content = bytes(file, from: from, count: size - from)
        var start = content.startIndex
        // What comes first has lost its beginning.
        if from > 0 { start = content.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? content.endIndex }
        var lines = 0
        for place in content[start...].dropLast().indices.reversed() where content[place] == UInt8(ascii: "\n") {
            lines += 1
            if lines == Self.mostReportLines { return (content[(place + 1)...], false) }
        }
        return (content[start...], from == 0)
    }

    /// The last value in a column of a CSV file whose first line names its columns.
    func lastValue(in path: String, column: String) throws(Problem) -> String {
        let file = try open(path)
        guard let size = FileStatus(descriptor: file.raw)?.size, size > 0 else { throw .unreadable("is empty") }
        let start = bytes(file, from: 0, count: min(size, 64 << 10))
        guard let headEnd = start.firstIndex(of: UInt8(ascii: "\n")) else { throw .unreadable("has no row after its first line") }
        let head = CSVText.fields(start[..<headEnd])
        guard let place = head.firstIndex(of: column) else {
            throw .unreadable("has no column '\(column)'; it has \(head.prefix(20).joined(separator: ", "))")
        }
        let from = max(Int64(headEnd) + 1, size - Self.longestEnd)
        let rows = bytes(file, from: from, count: size - from).split(separator: UInt8(ascii: "\n")).filter { !$0.allSatisfy { $0 == 13 || $0 == 32 } }
        // A row without an end of its line may have been cut, by a kill or a full disk. If values are missing it was, and one
        // that is whole comes before it; if not, the last value may still lack digits.
        let end = bytes(file, from: size - 1, count: 1).first
        let mayBeCut = end != UInt8(ascii: "\n") && end != UInt8(ascii: "\r")
        let last = rows.last.map { CSVText.fields($0) }
        let before = rows.dropLast().last.map { CSVText.fields($0) }
        let row = mayBeCut && last?.count != head.count ? before : last
        guard let row, place < row.count else { throw .unreadable("has no row after its first line") }
        if mayBeCut, end != UInt8(ascii: "\""), row == last, place == row.count - 1 {
            throw .unreadable("ends with '\(row[place])' and no line end, so it may have been cut there; end each row with a newline")
        }
        return row[place]
    }

    /// Opens one component after the other, so that no link on the path is followed.
    private func open(_ path: String) throws(Problem) -> OwnedDescriptor {
        let names = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        do throws(FileError) {
            let file = try OwnedDescriptor.open(names, below: directory, O_RDONLY | O_NONBLOCK)
            if FileStatus(descriptor: file.raw)?.isRegular == true { return file }
        } catch {
            throw error.code == ENOENT ? .absent : .unreadable(error.description)
        }
        throw .unreadable("is not a regular file")
    }

    private func bytes(_ file: borrowing OwnedDescriptor, from offset: Int64, count: Int64) -> [UInt8] {
        file.bytes(at: offset, count: Int(count))
    }
}
