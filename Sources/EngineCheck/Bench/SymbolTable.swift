import Glibc
import Support

/// The dynamic symbols of a 64-bit ELF library (elf(5)): those that it defines for others, and those that it wants.
struct SymbolTable {
    var exported: Set<String> = []
    var undefined: Set<String> = []

    private static let dynamicSymbols: UInt32 = 11
    /// The sizes in bytes of Elf64_Shdr and Elf64_Sym.
    private static let sectionSize = 64, symbolSize = 24
    private static let weak: UInt8 = 2

    init(_ path: String) throws {
        guard let bytes = WholeFile.read(path, atMost: 1 << 30) else { throw CheckSkipped("the file cannot be read") }
        guard bytes.count > 64, bytes[4] == 2, bytes[5] == 1 else { throw CheckSkipped("the library is not a 64-bit little-endian one") }
        let file = Bytes(bytes)
        let sections = Int(file.read(40, UInt64.self)), count = Int(file.read(60, UInt16.self))
        for index in 0..<count {
            let header = sections + index * Self.sectionSize
            guard file.read(header + 4, UInt32.self) == Self.dynamicSymbols else { continue }
            let start = Int(file.read(header + 24, UInt64.self)), size = Int(file.read(header + 32, UInt64.self))
            let strings = Int(file.read(sections + Int(file.read(header + 40, UInt32.self)) * Self.sectionSize + 24, UInt64.self))
            for place in stride(from: start + Self.symbolSize, to: start + size, by: Self.symbolSize) { add(file, place, strings) }
            return
        }
        throw CheckSkipped("the library has no section headers")
    }

    private mutating func add(_ file: Bytes, _ place: Int, _ strings: Int) {
        let info: UInt8 = file.read(place + 4), other: UInt8 = file.read(place + 5), section: UInt16 = file.read(place + 6)
        // Local symbols, and those of hidden or internal visibility, are nobody else's.
        guard info >> 4 != 0, other & 3 == 0 || other & 3 == 3 else { return }
        let name = file.text(strings + Int(file.read(place, UInt32.self)))
        // What the linker itself makes in every library.
        if ["_init", "_fini", "_edata", "_end", "__bss_start"].contains(name) { return }
        if section == 0 {
            if info >> 4 != Self.weak { undefined.insert(name) }
        } else {
            exported.insert(name)
        }
    }

    private struct Bytes {
        let bytes: [UInt8]
        init(_ bytes: [UInt8]) { self.bytes = bytes }

        /// Zero past the end.
        func read<Number: FixedWidthInteger>(_ place: Int, _ type: Number.Type = Number.self) -> Number {
            guard place >= 0, place + MemoryLayout<Number>.size <= bytes.count else { return 0 }
            return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: Number.self) }
        }

        func text(_ place: Int) -> String {
            guard place >= 0, place < bytes.count else { return "" }
            return String(decoding: bytes[place...].prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
