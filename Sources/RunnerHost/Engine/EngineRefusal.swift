/// Why a file in the search path is not taken as an engine.
package enum EngineRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(String)
    case notALibrary
    case writableByOthers(String)
    case foreignOwner(String)
    case unresolved(String)
    case noEntrySymbol
    /// Something that an engine brings along; not told to anybody.
    case part
    case otherMajor
    case malformed(String)
    case duplicate(id: String, of: String)

    package var description: String {
        switch self {
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .notALibrary: "not an engine: not a shared library"
        case .writableByOthers(let path): "others may write \(path); take that away with: chmod go-w '\(path)'"
        case .foreignOwner(let path): "\(path) belongs to another user; it must belong to root or to the user the runner runs as"
        case .unresolved(let reason): "cannot be loaded: \(reason)"
        case .noEntrySymbol: "not an engine: it does not export lynx_engine_entry"
        case .part: "not an engine: part of one"
        case .otherMajor: "another ABI: it does not serve major version \(HostTable.abiMajor), the host's; rebuild it with the host's engine_abi.h"
        case .malformed(let reason): "breaks the ABI: \(reason)"
        case .duplicate(let id, let other): "duplicate id '\(id)': \(other) comes first in the search path"
        }
    }
}
