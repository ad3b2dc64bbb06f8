import EngineABI
import Glibc

/// Memory that is lent to an engine for one call.
///
/// Guarded memory ends where a page ends that is followed by one that cannot be read, and is gone after the call: whatever
/// reads past a string or a struct, or keeps a pointer, crashes at that very instruction.
final class LentMemory {
    let isGuarded: Bool
    private var blocks: [UnsafeMutableRawPointer] = []
    private var mappings: [(start: UnsafeMutableRawPointer, size: Int)] = []

    private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

    init(isGuarded: Bool = false) { self.isGuarded = isGuarded }

    deinit { end() }

    /// What follows the memory of a struct for a later version of itself.
    static let tail = 64
    static let tailByte: UInt8 = 0xA5

    func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        guard isGuarded else {
            let block = UnsafeMutableRawPointer.allocate(byteCount: max(size, 1), alignment: 16)
            blocks.append(block)
            return block
        }
        let space = (size + Self.page - 1) / Self.page * Self.page + Self.page
        guard let start = mmap(nil, space, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), start != MAP_FAILED else {
            preconditionFailure("no memory for the check itself")
        }
        mprotect(start + space - Self.page, Self.page, PROT_NONE)
        mappings.append((start, space))
        return start + (space - Self.page - size)
    }

    func string(_ bytes: [UInt8]) -> lynx_string {
        // A string of no bytes may have any address, also that of the forbidden page.
        let place = allocate(bytes.count)
        bytes.withUnsafeBytes { if $0.count > 0 { place.copyMemory(from: $0.baseAddress!, byteCount: $0.count) } }
        return lynx_string(data: place.assumingMemoryBound(to: CChar.self), size: bytes.count)
    }

    /// The first `size` bytes of a struct, with `tail` bytes behind it that belong to a later version.
    func place<Struct>(_ value: Struct, size: Int = MemoryLayout<Struct>.size, tail: Int = 0) -> UnsafeMutablePointer<Struct> {
        let place = allocate(size + tail)
        withUnsafeBytes(of: value) { place.copyMemory(from: $0.baseAddress!, byteCount: size) }
        if tail > 0 { (place + size).initializeMemory(as: UInt8.self, repeating: Self.tailByte, count: tail) }
        return place.assumingMemoryBound(to: Struct.self)
    }

    func array<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element>? {
        guard !elements.isEmpty else { return nil }
        let place = allocate(elements.count * MemoryLayout<Element>.stride).assumingMemoryBound(to: Element.self)
        place.initialize(from: elements, count: elements.count)
        return place
    }

    func settings(_ settings: [Setting]) -> UnsafeMutablePointer<lynx_setting>? {
        array(settings.map { lynx_setting(key: string($0.key), value: string($0.value)) })
    }

    /// Whether nobody has written behind a struct.
    static func isTailIntact<Struct>(_ pointer: UnsafeMutablePointer<Struct>, size: Int = MemoryLayout<Struct>.size, tail: Int) -> Bool {
        UnsafeRawBufferPointer(start: UnsafeRawPointer(pointer) + size, count: tail).allSatisfy { $0 == tailByte }
    }

    /// Takes everything back. What is not guarded is overwritten.
    func end() {
        for block in blocks { block.deallocate() }
        for mapping in mappings { munmap(mapping.start, mapping.size) }
        blocks = []
        mappings = []
    }
}

/// A setting in bytes, as it may be hostile.
struct Setting {
    var key: [UInt8]
    var value: [UInt8]

    init(_ key: String, _ value: String) {
        self.key = Array(key.utf8)
        self.value = Array(value.utf8)
    }

    static func list(_ settings: [String: String]) -> [Setting] {
        settings.sorted { $0.key < $1.key }.map { Setting($0.key, $0.value) }
    }
}

/// The version of the header that the host pretends to have been built with.
struct Era {
    var minor: UInt32
    /// How many bytes each struct has that this version of the header does not know.
    var tail = 0

    static let current = Era(minor: LYNX_ABI_MINOR)
    static let later = Era(minor: LYNX_ABI_MINOR + 50, tail: LentMemory.tail)

    var jobSize: Int {
        if minor < 2 { return MemoryLayout<lynx_job>.offset(of: \.temporary_directory)! }
        if minor < 3 { return MemoryLayout<lynx_job>.offset(of: \.settings)! }
        return minor < 4 ? MemoryLayout<lynx_job>.offset(of: \.launcher)! : MemoryLayout<lynx_job>.size
    }

    var exitSize: Int { minor < 1 ? MemoryLayout<lynx_exit>.offset(of: \.failure_class)! : MemoryLayout<lynx_exit>.size }
    var collectorSize: Int { minor < 2 ? MemoryLayout<lynx_collector>.offset(of: \.max_file_bytes)! : MemoryLayout<lynx_collector>.size }
}
