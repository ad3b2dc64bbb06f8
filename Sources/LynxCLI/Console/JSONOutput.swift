import FoundationEssentials
import LynxModel

/// Prints one JSON document for scripts.
package enum JSONOutput {
    package static func print(_ value: some Encodable) throws {
        OutputStream.standard.write(String(decoding: try WireJSON.encode(value, pretty: true), as: UTF8.self) + "\n")
    }
}
