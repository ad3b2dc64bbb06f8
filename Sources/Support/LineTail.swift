import Glibc

/// Reads the lines of a file that another process writes, as they come.
package final class LineTail {
    private let path: String
    private var file: CInt = -1
    private var offset: Int64 = 0
    /// The beginning of a line whose end has not come.
    private var rest: [UInt8] = []
    private var isPassing = false
    /// Whether the file has been there.
    package private(set) var isFound = false
    /// Whether it was made shorter and written again, so that lines may have gone before they were read.
    package private(set) var wasBegunAnew = false

    /// What came last before `offset`: another file's beginning differs from it, even if the file is as long.
    private var memory: [UInt8] = []

    /// A longer line is passed over.
    private static let longestLine = 1 << 20
    private static let longestMemory = 64

    package init(_ path: String) { self.path = path }

    deinit { if file >= 0 { close(file) } }

    /// Passes on each whole line that has come since the last call, without its end.
    ///
    /// - Parameter most: about how many bytes to read at most.
    /// - Returns: whether there may be more.
    @discardableResult
    package func read(atMost most: Int = .max, _ body: (ArraySlice<UInt8>) -> Void) -> Bool {
        if file >= 0 {
            if readOn(atMost: most, body) { return true }
            guard isReplaced else { return false }
            close(file)
            file = -1
            beginAnew()
        }
        // Non-blocking: there may be a FIFO that has no writer.
        file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return false }
        guard FileStatus(descriptor: file)?.isRegular == true else {
            close(file)
            file = -1
            return false
        }
        isFound = true
        return readOn(atMost: most, body)
    }

    private func beginAnew() { (offset, rest, isPassing, memory) = (0, [], false, []) }

    /// Whether another file has the path now, as programs leave it that write to a temporary name first.
    private var isReplaced: Bool {
        var (opened, named) = (stat(), stat())
        return fstat(file, &opened) == 0 && lstat(path, &named) == 0 && (opened.st_ino, opened.st_dev) != (named.st_ino, named.st_dev)
    }

    private func readOn(atMost most: Int, _ body: (ArraySlice<UInt8>) -> Void) -> Bool {
        if isBegunAnew {
            wasBegunAnew = true
            beginAnew()
        }
        var left = most
        return withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { buffer in
            while left > 0 {
                let count = pread(file, buffer.baseAddress, buffer.count, off_t(offset))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                offset += Int64(count)
                left -= count
                let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                memory = Array((memory + piece.suffix(Self.longestMemory)).suffix(Self.longestMemory))
                split(piece, body)
            }
            return true
        }
    }

    /// Whether the file was made shorter and written again since, as far as its bytes before `offset` tell.
    private var isBegunAnew: Bool {
        guard !memory.isEmpty else { return false }
        if let size = FileStatus(descriptor: file)?.size, size < offset { return true }
        let count = memory.count
        return withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { buffer in
            pread(file, buffer.baseAddress, count, off_t(offset) - off_t(count)) == count && !buffer.elementsEqual(memory)
        }
    }

    /// The last line, if it has no end; to be called when no more will come.
    package func finish(_ body: (ArraySlice<UInt8>) -> Void) {
        read(body)
        if !rest.isEmpty, !isPassing { body(rest[...]) }
        rest = []
    }

    private func split(_ piece: UnsafeRawBufferPointer, _ body: (ArraySlice<UInt8>) -> Void) {
        var start = piece.startIndex
        while let base = piece.baseAddress, let found = memchr(base + start, 0x0A, piece.count - start) {
            let end = UnsafeRawPointer(found) - base
            if isPassing {
                isPassing = false
            } else {
                rest.append(contentsOf: piece[start..<end])
                if rest.last == 0x0D { rest.removeLast() }
                body(rest[...])
            }
            rest.removeAll(keepingCapacity: true)
            start = end + 1
            if start == piece.count { return }
        }
        if isPassing { return }
        rest.append(contentsOf: piece[start...])
        if rest.count > Self.longestLine {
            rest = []
            isPassing = true
        }
    }
}

/// Shortens a log that was captured longer than it is to be kept.
package enum LogCut {
    package static func cut(_ path: String, to limit: UInt64) {
        guard let file = try? OwnedDescriptor.open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK), let size = FileStatus(descriptor: file.raw)?.size,
            size > Int64(clamping: limit), ftruncate(file.raw, off_t(limit)) == 0, lseek(file.raw, 0, SEEK_END) >= 0
        else { return }
        try? file.write(Array("\n[... \(size - Int64(limit)) bytes left out ...]\n".utf8), to: path)
    }
}
