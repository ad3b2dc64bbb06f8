import Glibc

/// Reads a file from its beginning to its end, a piece at a time. Holes are not read: the disk is only asked for what is on it.
struct SparseReader: ~Copyable {
    struct Failure: Error { var code: Int32 }

    /// What has been read, in bytes.
    private(set) var offset: Int64 = 0
    private let file: Int32
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 64)
    private let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 64)
    /// Where the hole that is being read ends, or the data.
    private var holeEnd: Int64 = 0
    private var dataEnd: Int64 = 0

    private static let pieceBytes = 1 << 18
    /// `SEEK_DATA` and `SEEK_HOLE` of Linux, which Swift's Glibc overlay lacks.
    private static let (seekData, seekHole) = (Int32(3), Int32(4))

    /// - Parameter file: stays the caller's.
    init(_ file: Int32) {
        self.file = file
        zeros.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        buffer.deallocate()
        zeros.deallocate()
    }

    /// The next piece, valid until the next call; nil at the end.
    mutating func next() throws(Failure) -> UnsafeRawBufferPointer? {
        if offset >= holeEnd && offset >= dataEnd { look() }
        if offset < holeEnd {
            let count = min(holeEnd - offset, Int64(zeros.count))
            offset += count
            return UnsafeRawBufferPointer(rebasing: zeros[..<Int(count)])
        }
        while true {
            let count = pread(file, buffer.baseAddress, buffer.count, off_t(offset))
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure(code: errno)
            }
            if count == 0 { return nil }
            offset += Int64(count)
            return UnsafeRawBufferPointer(rebasing: buffer[..<count])
        }
    }

    /// Finds the hole or the data that begins here. A file system that knows no holes has data throughout (lseek(2)).
    private mutating func look() {
        let data = lseek(file, off_t(offset), Self.seekData)
        if data < 0 && errno == ENXIO {
            // Nothing but a hole up to the end, or the end.
            holeEnd = max(offset, Int64(lseek(file, 0, SEEK_END)))
        } else if data > offset {
            holeEnd = Int64(data)
        } else {
            let hole = lseek(file, off_t(offset), Self.seekHole)
            dataEnd = hole > offset ? Int64(hole) : .max
        }
    }
}
