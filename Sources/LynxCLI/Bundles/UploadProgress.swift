import Synchronization

/// Tells now and then how far an upload is that takes long.
final class UploadProgress: Sendable {
    private struct State {
        var files = 0
        var bytes: Int64 = 0
        var lastTold = ContinuousClock.now
    }

    private let files: Int
    private let bytes: Int64
    private let tell: @Sendable (String) -> Void
    private let state = Mutex(State())

    private static let interval = Duration.seconds(5)

    /// - Parameters:
    ///   - files: how many there are in all.
    ///   - bytes: how many they have together.
    init(files: Int, bytes: Int64, tell: @escaping @Sendable (String) -> Void) {
        self.files = files
        self.bytes = bytes
        self.tell = tell
    }

    /// Notes that a file of so many bytes has arrived.
    func sent(_ count: Int64) {
        let line = state.withLock { state -> String? in
            state.files += 1
            state.bytes += count
            guard state.files < files, .now - state.lastTold >= Self.interval else { return nil }
            state.lastTold = .now
            return "  uploaded \(NumberText.bytes(state.bytes)) of \(NumberText.bytes(bytes)), \(state.files) of \(NumberText.count(files, "file"))"
        }
        if let line { tell(line) }
    }
}
