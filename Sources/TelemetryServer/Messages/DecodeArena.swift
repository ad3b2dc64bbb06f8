import CProtobufC

/// Memory for one decoded message at a time: handed out from a few blocks, given back all at once, and never more than a
/// limit, because a small message can ask for much.
final class DecodeArena {
    private static let blockBytes = 64 << 10
    private static let largestBlockBytes = 4 << 20
    private static let alignment = 16

    /// Bytes that one message may take.
    let limit: Int
    private(set) var isExhausted = false
    private var used = 0
    private var blocks: [UnsafeMutableRawBufferPointer]
    private var free: UnsafeMutableRawBufferPointer

    init(limit: Int) {
        self.limit = limit
        blocks = [.allocate(byteCount: Self.blockBytes, alignment: Self.alignment)]
        free = blocks[0]
    }

    deinit {
        for block in blocks { block.deallocate() }
    }

    /// Calls `body` with an allocator of this arena's memory, and takes all of it back afterwards.
    func withAllocator<R>(_ body: (UnsafeMutablePointer<ProtobufCAllocator>) throws(GRPCStatus) -> R) throws(GRPCStatus) -> R {
        defer { reset() }
        var allocator = ProtobufCAllocator(
            alloc: { arena, size in
                Unmanaged<DecodeArena>.fromOpaque(arena!).takeUnretainedValue().allocate(size)
            },
            free: { _, _ in },
            allocator_data: Unmanaged.passUnretained(self).toOpaque())
        return try body(&allocator)
    }

    /// Nil once the message has had its share.
    private func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
        guard size <= limit - used else {
            isExhausted = true
            return nil
        }
        let rounded = max(size, 1) + (Self.alignment - 1) & ~(Self.alignment - 1)
        used += rounded
        if rounded > free.count { addBlock(atLeast: rounded) }
        let result = free.baseAddress!
        free = UnsafeMutableRawBufferPointer(rebasing: free[rounded...])
        return result
    }

    private func addBlock(atLeast size: Int) {
        let next = min(2 * blocks[blocks.count - 1].count, Self.largestBlockBytes)
        blocks.append(.allocate(byteCount: max(next, size), alignment: Self.alignment))
        free = blocks[blocks.count - 1]
    }

    private func reset() {
        for block in blocks.dropFirst() { block.deallocate() }
        blocks.removeSubrange(1...)
        free = blocks[0]
        used = 0
        isExhausted = false
    }
}
