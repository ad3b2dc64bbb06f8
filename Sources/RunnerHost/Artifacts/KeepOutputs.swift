/// What of an attempt stays on the runner's disk once its files have been uploaded and its result is acknowledged.
package enum KeepOutputs: String, CaseIterable, Sendable {
    case always
    /// Those of attempts that did not succeed.
    case failed
    case never

    func keeps(successful: Bool) -> Bool {
        switch self {
        case .always: true
        case .failed: !successful
        case .never: false
        }
    }
}

extension KeepOutputs: YAMLRenderable {
    var yaml: String { rawValue.yaml }
}
