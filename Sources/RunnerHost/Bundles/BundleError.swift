import Glibc
import LynxModel
import Support

/// Why the code of a bundle cannot be run.
struct BundleError: Error, Sendable, CustomStringConvertible {
    enum Kind: Sendable {
        /// The bundle itself is at fault, and would be on any machine.
        case bundle
        /// Its requirements could not be installed: another try may go otherwise.
        case installation
        /// This machine has no room, or its disk fails.
        case machine
        /// What it consists of arrives damaged, which says nothing of the bundle or of this machine.
        case delivery
        /// This runner takes no bundles any more.
        case refused
        /// The control plane does not have what the bundle consists of.
        case gone
    }

    var kind: Kind
    /// One line that states what is wrong and what would be right.
    var description: String
    /// The log of the command that failed; empty if none did.
    var log: [UInt8] = []

    init(_ kind: Kind, _ description: String, log: [UInt8] = []) {
        self.kind = kind
        self.description = description
        self.log = log
    }

    /// What failed, in one line of some length, whatever the path.
    static func line(_ error: FileError) -> String {
        let text = "\(error)".unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : String($0) }.joined()
        return text.count <= 300 ? text : "\(text.prefix(150))…\(text.suffix(150))"
    }

    init(_ error: FileError) { self.init(.machine, "the bundle cache: \(error)") }
}

extension ReportDraft {
    /// Records that the bundle's code could not be made ready.
    mutating func failed(_ error: BundleError) {
        switch error.kind {
        case .bundle: failed(EngineFailure(kind: .invalid, message: error.description))
        case .installation: failed(EngineFailure(kind: .internal, message: error.description))
        case .machine: lost(.machine, error.description)
        case .refused, .delivery: lost(.trouble, error.description)
        case .gone: failed(EngineFailure(kind: .invalid, message: error.description))
        }
    }
}
