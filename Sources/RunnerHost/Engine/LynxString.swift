import EngineABI

extension String {
    init(lynx string: lynx_string) {
        guard let data = string.data, string.size > 0 else {
            self = ""
            return
        }
        self = String(decoding: UnsafeRawBufferPointer(start: data, count: string.size), as: UTF8.self)
    }

    /// A `char message[LYNX_ERROR_MESSAGE_SIZE]`, also one that its writer left unterminated.
    init<Message>(cMessage: inout Message) {
        self = withUnsafeBytes(of: &cMessage) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    func withLynxString<Result, Failure: Error>(_ body: (lynx_string) throws(Failure) -> Result) throws(Failure) -> Result {
        let utf8 = Array(self.utf8CString)
        return try utf8.withUnsafeBufferPointer { (buffer) throws(Failure) in
            try body(lynx_string(data: buffer.baseAddress, size: buffer.count - 1))
        }
    }
}
