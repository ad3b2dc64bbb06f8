public import EngineABI

extension lynx_string {
    var bytes: UnsafeRawBufferPointer? {
        guard let data, size > 0 else { return nil }
        return UnsafeRawBufferPointer(start: data, count: size)
    }

    /// A copy that is never freed, for tables that live as long as the process.
    public static func immortal(_ text: String) -> lynx_string {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 1)
        copy.copyBytes(from: text.utf8)
        return lynx_string(data: copy.baseAddress?.assumingMemoryBound(to: CChar.self), size: copy.count)
    }
}

extension String {
    init(lynx string: lynx_string) {
        self = string.bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    func withLynxString<Result>(_ body: (lynx_string) -> Result) -> Result {
        var copy = self
        return copy.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { body(lynx_string(data: $0.baseAddress, size: $0.count)) }
        }
    }
}
