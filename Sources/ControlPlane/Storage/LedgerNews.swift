/// What control planes that share a database tell each other, so that nobody waits for what has come.
enum LedgerNews: Hashable, Sendable {
    /// Somebody who found nothing to claim may find something now.
    case work
    /// There is something for this runner: a cancel, a drain.
    case runner(String)
    /// There may be something for any of them.
    case everyRunner

    var text: String {
        switch self {
        case .work: "work"
        case .everyRunner: "runners"
        case .runner(let id): "runner \(id)"
        }
    }

    /// Nil for what a newer version tells.
    init?(text: String) {
        switch text {
        case "work": self = .work
        case "runners": self = .everyRunner
        case _ where text.hasPrefix("runner "): self = .runner(String(text.dropFirst("runner ".count)))
        default: return nil
        }
    }
}
