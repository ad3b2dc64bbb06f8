import EngineABI

/// What results rest on, such as a proof, and taking that back: the host's extension `result_basis/1`, whose comments in
/// `engine_abi.h` say more. With a host that lacks it, its functions do nothing.
///
/// Sendable because the host promises both functions for any thread, and the table for the life of the process.
public struct ResultBasis: @unchecked Sendable {
    private let host: UnsafePointer<lynx_host>
    private let table: UnsafePointer<lynx_result_basis>?

    fileprivate init(_ host: UnsafePointer<lynx_host>) {
        self.host = host
        let raw = LYNX_EXTENSION_RESULT_BASIS.withLynxString { host.pointee.get_extension(host, $0) }
        table = raw?.assumingMemoryBound(to: lynx_result_basis.self)
    }

    /// Whether the host takes results back. Where it does not, nothing should be relied on that may have to be.
    public var isSupported: Bool { table != nil }

    /// The result of a job, between its `prepare` and the end of its `collect`, rests on `basis`, of which the first 256 bytes
    /// count. The latest call for a job does.
    public func restsOn(job: UInt64, basis: String) {
        guard let table else { return }
        basis.withLynxString { table.pointee.rests_on(host, job, $0) }
    }

    /// Takes back all results that rest on `basis`, and has their jobs run again. When this returns, it survives the end of
    /// the host. A basis that was taken back is not to be named again.
    ///
    /// - Parameter why: one line for a person.
    public func retract(basis: String, why: String) {
        guard let table else { return }
        basis.withLynxString { basis in why.withLynxString { table.pointee.retract(host, basis, $0) } }
    }
}

extension HostHandle {
    public var resultBasis: ResultBasis { ResultBasis(table) }
}
