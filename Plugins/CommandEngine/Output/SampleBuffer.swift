import EngineABI

/// Samples on their way to the host. Names and units are kept as C strings as long as this object.
final class SampleBuffer {
    private var samples: [lynx_sample] = []
    private var texts: [String: UnsafeMutableRawBufferPointer] = [:]

    var count: Int { samples.count }

    deinit { for text in texts.values { text.deallocate() } }

    func add(_ name: String, _ units: String, _ time: Double, _ value: Double) {
        samples.append(lynx_sample(name: text(name), units: text(units), sim_time_s: time, value: value))
    }

    /// Passes all samples on, and is empty then.
    func drain(_ body: (UnsafeBufferPointer<lynx_sample>) -> Void) {
        guard !samples.isEmpty else { return }
        samples.withUnsafeBufferPointer(body)
        samples.removeAll(keepingCapacity: true)
    }

    private func text(_ text: String) -> lynx_string {
        if text.isEmpty { return lynx_string() }
        let bytes =
            texts[text]
            ?? {
                let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 1)
                copy.copyBytes(from: text.utf8)
                texts[text] = copy
                return copy
            }()
        return lynx_string(data: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), size: bytes.count)
    }
}
