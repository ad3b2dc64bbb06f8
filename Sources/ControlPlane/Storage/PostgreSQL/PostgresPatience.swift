/// How long a database may leave us waiting. A call that finds it hung is answered within half a minute: `write`, and what
/// it takes to notice that the last session is no good either.
struct PostgresPatience: Hashable, Sendable {
    /// Without a byte from the server, before it is asked on another connection whether it is still at work.
    var answer = Duration.seconds(5)
    /// For one statement of a server that says it is at work. Nil: no limit, as for a change of the schema.
    var statement: Duration? = .seconds(60)
    /// For a connection to each of the server's addresses, in seconds; libpq takes no less than 2.
    var connectSeconds = 5
    /// How long reads, and writes, wait for a database that cannot be reached, from the call on.
    var read = Duration.seconds(5)
    var write = Duration.seconds(20)
    /// How long they wait for a session that is busy with others.
    var queue = Duration.seconds(20)

    /// For sessions that may take as long as they need.
    var unlimited: PostgresPatience {
        var patience = self
        patience.statement = nil
        return patience
    }
}
