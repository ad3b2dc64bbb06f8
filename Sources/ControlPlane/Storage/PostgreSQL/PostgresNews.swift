import Dispatch
import Glibc
import Synchronization

/// Tells the other control planes of a database that something has changed which somebody may wait for, and hears it
/// from them. Told after the commit and beside it, because commits that notify wait for each other; what is told
/// twice in a short while is told once. Whoever misses news finds out at the end of its long poll.
final class PostgresNews: Sendable {
    private static let channel = "lynx_ledger"
    /// Advisory locks: of migrations, and of control planes that are at work.
    static let migrationLock = "1280922200, 1"
    static let presenceLock = "1280922200, 2"
    private static let gathering = DispatchTimeInterval.milliseconds(20)
    /// A server that has gone without a word is noticed by asking.
    private static let checkInterval = DispatchTimeInterval.seconds(5)

    private struct State {
        var hear: (@Sendable (LedgerNews) -> Void)?
        var pending: Set<LedgerNews> = []
        var sending = false
        var closed = false
        var watch: Watch?
    }

    /// Calls a closure whenever something arrives on a session. Sendable, unchecked: dispatch sources may be used anywhere.
    private final class Watch: @unchecked Sendable {
        private let source: any DispatchSourceRead

        init(_ session: PostgresSession, on queue: DispatchQueue, _ body: @escaping @Sendable () -> Void) {
            // A descriptor of its own: libpq closes the session's when the server hangs up, and the next connection may
            // get the same number while this one is still being watched.
            let descriptor = fcntl(session.descriptor, F_DUPFD_CLOEXEC, 0)
            source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            source.setEventHandler { body() }
            source.setCancelHandler { Glibc.close(descriptor) }
            source.activate()
        }

        deinit { source.cancel() }
    }

    let foundAlone: Bool
    private let thread = DispatchQueue(label: "lynx.ledger.news")
    private let slot: PostgresSlot
    private let state = Mutex(State())

    init(_ location: PostgresLocation, _ patience: PostgresPatience) throws {
        slot = PostgresSlot(location, patience)
        let session = try slot.session()
        // Whoever is at work holds this lock with others; nobody can have it alone then.
        foundAlone = try session.script("SELECT CAST(pg_try_advisory_lock(\(Self.presenceLock)) AS int)") == "1"
        try begin(session, giveUpSoleLock: foundAlone)
        thread.asyncAfter(deadline: .now() + Self.checkInterval) { [weak self] in self?.check() }
    }

    func onNews(_ hear: @escaping @Sendable (LedgerNews) -> Void) { state.withLock { $0.hear = hear } }

    func tell(_ news: LedgerNews) {
        let begin = state.withLock { state in
            guard !state.closed else { return false }
            state.pending.insert(news)
            defer { state.sending = true }
            return !state.sending
        }
        if begin { thread.async { self.send() } }
    }

    func close() {
        state.withLock { state in
            state.closed = true
            state.hear = nil
            state.watch = nil
        }
        thread.sync { slot.drop() }
    }

    private func send() {
        let news = state.withLock { state in
            defer { state.pending = [] }
            if state.pending.isEmpty || state.closed { state.sending = false }
            return state.closed ? [] : state.pending
        }
        if news.isEmpty { return }
        do {
            let session = try slot.session()
            for item in news { _ = try session.rows("SELECT pg_notify('\(Self.channel)', ?)", [.text(item.text)]) }
        } catch {
            // Others find out by themselves, a little later.
        }
        receive()
        thread.asyncAfter(deadline: .now() + Self.gathering) { self.send() }
    }

    private func begin(_ session: PostgresSession, giveUpSoleLock: Bool = false) throws {
        // Whoever changes the schema may take long.
        try session.script("SET lock_timeout = 0")
        try session.script("SELECT pg_advisory_lock_shared(\(Self.presenceLock))")
        if giveUpSoleLock { try session.script("SELECT pg_advisory_unlock(\(Self.presenceLock))") }
        try session.script("LISTEN \(Self.channel)")
        // From here on the session belongs to the thread.
        let watch = Watch(session, on: thread) { [weak self] in self?.receive() }
        state.withLock { $0.watch = watch }
    }

    private func receive() {
        guard !state.withLock({ $0.closed }) else { return }
        do {
            let session = try slot.session()
            let own = session.backendID
            let news = Set(try session.notifications().filter { $0.sender != own }.compactMap { LedgerNews(text: $0.payload) })
            let hear = state.withLock { $0.hear }
            for item in news { hear?(item) }
        } catch {
            reconnect()
        }
    }

    private func check() {
        guard !state.withLock({ $0.closed }) else { return }
        // Without a watch it is being connected again already.
        if state.withLock({ $0.watch != nil }) {
            do {
                try slot.session().script("SELECT 1")
                receive()
            } catch {
                reconnect()
            }
        }
        thread.asyncAfter(deadline: .now() + Self.checkInterval) { [weak self] in self?.check() }
    }

    private func reconnect() {
        let closed = state.withLock { state in
            state.watch = nil
            return state.closed
        }
        slot.drop()
        if closed { return }
        do {
            try begin(try slot.session())
            // Whatever was told meanwhile is lost: everybody is to look.
            let hear = state.withLock { $0.hear }
            hear?(.work)
            hear?(.everyRunner)
        } catch {
            slot.drop()
            thread.asyncAfter(deadline: .now() + 1) { [weak self] in self?.reconnect() }
        }
    }
}
