/// Texts one after the other, as columns of them are sent: their bytes, and where each ends.
package struct ArrowText: Hashable, Sendable {
    /// UTF-8.
    package private(set) var bytes: [UInt8] = []
    package private(set) var ends: [Int32] = []

    package init() {}

    package init(_ texts: some Sequence<String>) { for text in texts { append(text) } }

    package var count: Int { ends.count }

    /// All texts of a column together may have 2 GiB.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
        ends.append(Int32(bytes.count))
    }

    package mutating func append(utf8 text: some Collection<UInt8>) {
        bytes.append(contentsOf: text)
        ends.append(Int32(bytes.count))
    }

    package mutating func reserve(_ count: Int, bytes size: Int) {
        ends.reserveCapacity(ends.count + count)
        bytes.reserveCapacity(bytes.count + size)
    }

    package func utf8(at place: Int) -> ArraySlice<UInt8> { bytes[(place == 0 ? 0 : Int(ends[place - 1]))..<Int(ends[place])] }

    package subscript(place: Int) -> String { String(decoding: utf8(at: place), as: UTF8.self) }
}
