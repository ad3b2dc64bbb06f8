import CDigest

/// SHA-256 of bytes that come piece by piece.
package struct SHA256: Sendable {
    package struct Digest: Hashable, Sendable {
        /// The digest's 32 bytes.
        package let bytes: [UInt8]

        /// The digest as 64 lower-case hexadecimal digits.
        package var hexadecimal: String { bytes.hexadecimal }
    }

    private var state = State()

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        if !isKnownUniquelyReferenced(&state) { state = State(copying: state) }
        state.update(bytes)
    }

    package mutating func update(_ bytes: some Collection<UInt8>) {
        Self.withBytes(of: bytes) { update($0) }
    }

    /// The digest of all bytes so far. More bytes may follow.
    package func finalize() -> Digest { State(copying: state).finish() }

    package static func hash(_ bytes: some Collection<UInt8>) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    package static func hash(_ bytes: UnsafeRawBufferPointer) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    /// HMAC-SHA-256 (RFC 2104).
    package static func authenticationCode(of message: some Collection<UInt8>, key: some Collection<UInt8>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { code, count in
            withBytes(of: key) { key in
                withBytes(of: message) { message in
                    let isMade = lynx_hmac_sha256(key.baseAddress, key.count, message.baseAddress, message.count, code.baseAddress)
                    precondition(isMade != 0, "OpenSSL makes no HMAC")
                    count = 32
                }
            }
        }
    }

    private static func withBytes<Result>(of bytes: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) } ?? Array(bytes).withUnsafeBytes(body)
    }

    /// Sendable because no two threads share one: `update` copies a shared state first.
    private final class State: @unchecked Sendable {
        private let hash: OpaquePointer

        init() { hash = Self.made(lynx_sha256_new()) }

        init(copying other: State) { hash = Self.made(lynx_sha256_copy(other.hash)) }

        deinit { lynx_sha256_free(hash) }

        private static func made(_ hash: OpaquePointer?) -> OpaquePointer {
            guard let hash else { preconditionFailure("OpenSSL has no SHA-256, or no memory for it") }
            return hash
        }

        func update(_ bytes: UnsafeRawBufferPointer) { lynx_sha256_update(hash, bytes.baseAddress, bytes.count) }

        func finish() -> Digest {
            Digest(
                bytes: [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
                    lynx_sha256_finish(hash, buffer.baseAddress)
                    count = 32
                })
        }
    }
}
