import EventLoop
import TelemetryServer

/// Processes each sample of one attempt on the event loop's thread: the watchdog first, then the recorder.
final class WatchedRecording: TelemetrySink {
    private var watchdog: Watchdog
    private var recorder: TelemetryRecorder
    /// Receives a breach, at most once; may take points from the recorder; receives what was kept at the end.
    private let telemetry: AttemptTelemetry
    private let flushInterval: UInt64
    private var timer: TimerToken?
    private var flushTimer: TimerToken?
    // The first flush comes early, at another time for each job, as jobs that began together would all flush at once.
    private var flushAt = mostPoints - Int.random(in: 0..<mostPoints / 2)

    /// The number of points above which they are offered for a chunk: 128 KiB of each job.
    private static let mostPoints = 8_192

    /// - Parameter flushInterval: nanoseconds between flushes, counted from the first sample; the first interval is shorter.
    init(watchdog: Watchdog, recorder: TelemetryRecorder, flushInterval: UInt64, for telemetry: AttemptTelemetry) {
        self.watchdog = watchdog
        self.recorder = recorder
        self.flushInterval = flushInterval
        self.telemetry = telemetry
    }

    func receive(_ variable: TelemetryVariable, simTime: Double, value: Double, context: LoopContext) {
        // The watchdog comes first, so that recording does not delay a breach.
        let breach = watchdog.observe(
            variable: variable.index, name: variable.name, units: variable.units, value: value, simTime: simTime,
            atNanoseconds: context.now)
        if let breach { telemetry.breached(breach) }
        recorder.record(
            variable: variable.index, name: variable.name, units: variable.units, value: value, simTime: simTime)
        flushIfFull()
        setTimers(context)
    }

    func receive(_ variable: TelemetryVariable, simTimes: Span<Double>, values: Span<Double>, context: LoopContext) {
        let breach = watchdog.observe(
            variable: variable.index, name: variable.name, units: variable.units, values: values, simTimes: simTimes,
            atNanoseconds: context.now)
        if let breach { telemetry.breached(breach) }
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
            if let breach { telemetry.breached(breach) }
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
        if flushTimer == nil {
            scheduleFlush(after: flushInterval - UInt64.random(in: 0...flushInterval / 2), context)
        }
    }

    @inline(__always)
    private func flushIfFull() {
        guard recorder.pointCount >= flushAt else { return }
        telemetry.flush(&recorder)
        // The points were not taken: they are offered again when there are some more.
        flushAt = max(Self.mostPoints, recorder.pointCount + Self.mostPoints / 4)
    }

    private func scheduleFlush(after nanoseconds: UInt64, _ context: LoopContext) {
        flushTimer = context.schedule(after: nanoseconds) { [weak self] context in
            guard let self else { return }
            telemetry.flush(&recorder)
            scheduleFlush(after: flushInterval, context)
        }
    }

    func finish(context: LoopContext) {
        if let timer { context.cancel(timer) }
        if let flushTimer { context.cancel(flushTimer) }
        if let breach = watchdog.finish() { telemetry.breached(breach) }
        telemetry.ended(recorder, watchdog: watchdog.warnings)
    }

    private func tick(_ context: LoopContext) {
        timer = nil
        if let breach = watchdog.tick(atNanoseconds: context.now) { telemetry.breached(breach) }
    }
}
