import CProtobufC

/// Memory for one decoded message at a time: allocated from a few blocks, released all at once, and limited, because a small
/// message can require much.
///
/// In the steady state nothing is allocated: messages of usual size fit into the first block, which is kept.
final class DecodeArena {
    private static let blockBytes = 64 << 10
    private static let largestBlockBytes = 4 << 20
    private static let alignment = 16

    /// The state of the allocator's functions. It has a stable address, so that they reach it without reference counting.
    private struct Memory {
        /// The number of bytes that the message may still use.
        var left: Int
        var isExhausted = false
        var free: UnsafeMutableRawPointer
        var end: UnsafeMutableRawPointer
        var blocks: [UnsafeMutableRawBufferPointer]
    }

    /// The number of bytes that one message may use.
    let limit: Int
    private let memory: UnsafeMutablePointer<Memory>
    /// Allocates from this arena until the next `reset`.
    let allocator: UnsafeMutablePointer<ProtobufCAllocator>

    init(limit: Int) {
        self.limit = limit
        let first = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockBytes, alignment: Self.alignment)
        memory = .allocate(capacity: 1)
        memory.initialize(
            to: Memory(
                left: limit, free: first.baseAddress!, end: first.baseAddress! + first.count, blocks: [first]))
        allocator = .allocate(capacity: 1)
        allocator.initialize(
            to: ProtobufCAllocator(
                alloc: { DecodeArena.allocate($1, from: $0!.assumingMemoryBound(to: Memory.self)) },
                free: { _, _ in },
                allocator_data: UnsafeMutableRawPointer(memory)))
    }

    deinit {
        for block in memory.pointee.blocks { block.deallocate() }
        memory.deinitialize(count: 1)
        memory.deallocate()
        allocator.deallocate()
    }

    /// Whether an allocation failed since the last `reset`.
    var isExhausted: Bool { memory.pointee.isExhausted }

    /// Releases all memory that was allocated from the arena.
    func reset() {
        let first = memory.pointee.blocks[0]
        if memory.pointee.blocks.count > 1 {
            for block in memory.pointee.blocks.dropFirst() { block.deallocate() }
            memory.pointee.blocks.removeSubrange(1...)
        }
        memory.pointee.free = first.baseAddress!
        memory.pointee.end = first.baseAddress! + first.count
        memory.pointee.left = limit
        memory.pointee.isExhausted = false
    }

    /// Nil if the message has used up its limit.
    @inline(__always)
    private static func allocate(_ size: Int, from memory: UnsafeMutablePointer<Memory>) -> UnsafeMutableRawPointer? {
        guard size <= memory.pointee.left else {
            memory.pointee.isExhausted = true
            return nil
        }
        let rounded = (max(size, 1) + alignment - 1) & ~(alignment - 1)
        memory.pointee.left -= rounded
        if rounded > memory.pointee.end - memory.pointee.free { addBlock(atLeast: rounded, to: memory) }
        let result = memory.pointee.free
        memory.pointee.free = result + rounded
        return result
    }

    @inline(never)
    private static func addBlock(atLeast size: Int, to memory: UnsafeMutablePointer<Memory>) {
        let next = min(2 * memory.pointee.blocks[memory.pointee.blocks.count - 1].count, largestBlockBytes)
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: max(next, size), alignment: alignment)
        memory.pointee.blocks.append(block)
        memory.pointee.free = block.baseAddress!
        memory.pointee.end = block.baseAddress! + block.count
    }
}
