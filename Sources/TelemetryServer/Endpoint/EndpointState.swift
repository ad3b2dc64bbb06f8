import EventLoop

/// What the connections of one endpoint share.
final class EndpointState {
    let limits: TelemetryLimits
    let context: LoopContext
    let intake: TelemetryIntake
    let inflater = Inflater()

    /// Bytes of unfinished messages over all calls.
    private var bufferedBytes = 0

    init(limits: TelemetryLimits, sink: any TelemetrySink, context: LoopContext) {
        self.limits = limits
        self.context = context
        intake = TelemetryIntake(sink: sink, limits: limits, context: context)
    }

    /// Notes that one call's unfinished message has changed its size. False if there isn't room for it; it is noted all the
    /// same, and the call must give it up.
    func bufferChanged(from before: Int, to after: Int) -> Bool {
        bufferedBytes += after - before
        return after <= before || bufferedBytes <= limits.maxBufferedBytes
    }
}
