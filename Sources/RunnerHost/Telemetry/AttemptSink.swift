import EventLoop
import TelemetryServer

/// What each sample of one attempt goes through, on the event loop's thread: the watchdog, then the recorder.
final class AttemptSink: TelemetrySink {
    private var watchdog: Watchdog
    private var recorder: TelemetryRecorder
    private let onBreach: (Breach) -> Void
    private let onFinish: (TelemetryRecorder, [String]) -> Void
    private let flushInterval: UInt64
    private let onFlush: ((inout TelemetryRecorder) -> Void)?
    private var timer: TimerToken?
    private var flushTimer: TimerToken?
    // The first flush comes early, for each job at another time: those that began together would all flush at once.
    private var flushAt = mostPoints - Int.random(in: 0..<mostPoints / 2)

    /// More points than this are not kept in memory if somebody takes them: 128 KiB of each job.
    private static let mostPoints = 8_192

    /// - Parameters:
    ///   - flushInterval: in nanoseconds, from the first sample on; the first is shorter.
    ///   - onFlush: called in these intervals, and when many points have gathered; may take them from the recorder.
    ///   - onBreach: called with the breach, at most once.
    ///   - onFinish: called with what was kept and the watchdog's warnings, when nothing more comes.
    init(
        watchdog: Watchdog, recorder: TelemetryRecorder, flushInterval: UInt64 = 0,
        onFlush: ((inout TelemetryRecorder) -> Void)? = nil, onBreach: @escaping (Breach) -> Void,
        onFinish: @escaping (TelemetryRecorder, [String]) -> Void
    ) {
        self.watchdog = watchdog
        self.recorder = recorder
        self.flushInterval = flushInterval
        self.onFlush = onFlush
        self.onBreach = onBreach
        self.onFinish = onFinish
    }

    func receive(_ variable: TelemetryVariable, simTime: Double, value: Double, context: LoopContext) {
        // Judged first: a breach does not wait for the books to be kept.
        let breach = watchdog.observe(
            variable: variable.index, name: variable.name, units: variable.units, value: value, simTime: simTime,
            atNanoseconds: context.now)
        if let breach { onBreach(breach) }
        recorder.record(
            variable: variable.index, name: variable.name, units: variable.units, value: value, simTime: simTime)
        flushIfFull()
        setTimers(context)
    }

    func receive(_ variable: TelemetryVariable, simTimes: Span<Double>, values: Span<Double>, context: LoopContext) {
        let breach = watchdog.observe(
            variable: variable.index, name: variable.name, units: variable.units, values: values, simTimes: simTimes,
            atNanoseconds: context.now)
        if let breach { onBreach(breach) }
        recorder.record(
            variable: variable.index, name: variable.name, units: variable.units, values: values, simTimes: simTimes)
        flushIfFull()
        setTimers(context)
    }

    func receive(_ rows: Span<TelemetryRow>, context: LoopContext) {
        for place in rows.indices {
            let row = rows[place]
            let breach = watchdog.observe(
                variable: row.variable, value: row.value, simTime: row.simTime, atNanoseconds: context.now)
            if let breach { onBreach(breach) }
        }
        recorder.record(rows)
        flushIfFull()
        setTimers(context)
    }

    private func setTimers(_ context: LoopContext) {
        if timer == nil, let due = watchdog.nextTick {
            let now = context.now
            timer = context.schedule(after: due > now ? due - now : 0) { [weak self] in self?.tick($0) }
        }
        if flushTimer == nil, onFlush != nil {
            scheduleFlush(after: flushInterval - UInt64.random(in: 0...flushInterval / 2), context)
        }
    }

    @inline(__always)
    private func flushIfFull() {
        guard recorder.pointCount >= flushAt, let onFlush else { return }
        onFlush(&recorder)
        // Nobody took them: asked again when there are some more.
        flushAt = max(Self.mostPoints, recorder.pointCount + Self.mostPoints / 4)
    }

    private func scheduleFlush(after nanoseconds: UInt64, _ context: LoopContext) {
        flushTimer = context.schedule(after: nanoseconds) { [weak self] context in
            guard let self else { return }
            onFlush?(&recorder)
            scheduleFlush(after: flushInterval, context)
        }
    }

    func finish(context: LoopContext) {
        if let timer { context.cancel(timer) }
        if let flushTimer { context.cancel(flushTimer) }
        if let breach = watchdog.finish() { onBreach(breach) }
        onFinish(recorder, watchdog.warnings)
    }

    private func tick(_ context: LoopContext) {
        timer = nil
        if let breach = watchdog.tick(atNanoseconds: context.now) { onBreach(breach) }
    }
}
