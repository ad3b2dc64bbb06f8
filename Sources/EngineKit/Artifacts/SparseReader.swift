import Glibc
import Support

/// Reads a file from beginning to end in pieces. Holes are not read from the disk.
struct SparseReader: ~Copyable {

    /// The number of bytes read so far.
    private(set) var offset: Int64 = 0
    private let file: OwnedDescriptor
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 64)
    private let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 64)
    /// The end of the current hole, and of the current run of data, as offsets in bytes.
    private var holeEnd: Int64 = 0
    private var dataEnd: Int64 = 0

    private static let pieceBytes = 1 << 18
    /// `SEEK_DATA` and `SEEK_HOLE` of Linux, which Swift's Glibc overlay lacks.
    private static let (seekData, seekHole) = (Int32(3), Int32(4))

    init(_ file: consuming OwnedDescriptor) {
        self.file = file
        zeros.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        buffer.deallocate()
        zeros.deallocate()
    }

    /// The next piece, valid until the next call; nil at the end.
    mutating func next() throws(FileError) -> UnsafeRawBufferPointer? {
        if offset >= holeEnd && offset >= dataEnd { findRun() }
        if offset < holeEnd {
            let count = min(holeEnd - offset, Int64(zeros.count))
            offset += count
            return UnsafeRawBufferPointer(rebasing: zeros[..<Int(count)])
        }
        let count = try file.read(at: offset, into: buffer, of: "an artifact")
        guard count > 0 else { return nil }
        offset += Int64(count)
        return UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }

    /// Finds the hole or the data at the current offset. A file system without support for holes reports data throughout
    /// (lseek(2)).
    private mutating func findRun() {
        let data = lseek(file.raw, off_t(offset), Self.seekData)
        if data < 0 && errno == ENXIO {
            // The rest of the file is a hole, or this is its end.
            holeEnd = max(offset, Int64(lseek(file.raw, 0, SEEK_END)))
        } else if data > offset {
            holeEnd = Int64(data)
        } else {
            let hole = lseek(file.raw, off_t(offset), Self.seekHole)
            dataEnd = hole > offset ? Int64(hole) : .max
        }
    }
}
