import Glibc

/// A file descriptor with one owner: it closes when its owner lets go of it.
public struct OwnedDescriptor: ~Copyable, Sendable {
    public let raw: CInt

    /// Takes over an open descriptor.
    public init(_ raw: CInt) {
        precondition(raw >= 0, "not a file descriptor: \(raw)")
        self.raw = raw
    }

    /// Takes over what a system call returned, or throws its errno. `call` names it in the error.
    public init(_ call: String, _ result: CInt) throws(SystemError) {
        self.init(try SystemError.check(call, result))
    }

    /// Gives the descriptor away; whoever receives it closes it.
    public consuming func release() -> CInt {
        let raw = self.raw
        discard self
        return raw
    }

    deinit {
        // Linux frees the number even when close reports an error, so there is nothing to try again.
        _ = close(raw)
    }
}
