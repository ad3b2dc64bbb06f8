/// The runners and batches whose rows, or whose jobs' rows, a write changes. A database that several control planes
/// share locks them before the write begins, all of them in one order, so that none waits in a circle.
struct WriteScope: Hashable, Sendable {
    /// Also of tokens that may be used twice at once.
    var runners: Set<String> = []
    var batches: Set<String> = []

    init(runner: String? = nil, batches: some Sequence<String> = []) {
        runners = runner.map { [$0] } ?? []
        self.batches = Set(batches)
    }

    mutating func formUnion(_ other: WriteScope) {
        runners.formUnion(other.runners)
        batches.formUnion(other.batches)
    }
}
