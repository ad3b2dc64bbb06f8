/// Messages by id, found without searching: ids are few and below some ten thousand.
struct MAVLinkMessageIndex: Sendable {
    private struct Entry {
        /// -1 where no message has the id.
        var position: Int16 = -1
        var crcExtra: UInt8 = 0
    }

    private let entries: [Entry]

    init(_ messages: [MAVLinkMessage]) {
        var entries = [Entry](repeating: Entry(), count: Int(messages.map(\.id).max() ?? 0) + 1)
        for (position, message) in messages.enumerated() {
            entries[Int(message.id)] = Entry(position: Int16(position), crcExtra: message.crcExtra)
        }
        self.entries = entries
    }

    func position(of id: UInt32) -> Int? { entry(id).map { Int($0.position) } }

    func crcExtra(of id: UInt32) -> UInt8? { entry(id)?.crcExtra }

    private func entry(_ id: UInt32) -> Entry? {
        guard id < entries.count, entries[Int(id)].position >= 0 else { return nil }
        return entries[Int(id)]
    }
}
