import EventLoop
import TelemetryServer

/// What each sample of one attempt goes through, on the event loop's thread: the watchdog, then the recorder.
final class AttemptSink: TelemetrySink {
    private var watchdog: Watchdog
    private var recorder: TelemetryRecorder
    private let onBreach: (String) -> Void
    private let onFinish: (TelemetryRecorder, [String]) -> Void
    private let flushInterval: UInt64
    private let onFlush: ((inout TelemetryRecorder) -> Void)?
    private var timer: TimerToken?
    private var flushTimer: TimerToken?

    /// - Parameters:
    ///   - flushInterval: in nanoseconds, from the first sample on.
    ///   - onFlush: called in these intervals; may take from the recorder what gathered in it.
    ///   - onBreach: called with the breach's message, at most once.
    ///   - onFinish: called with what was kept and the watchdog's warnings, when nothing more comes.
    init(
        watchdog: Watchdog, recorder: TelemetryRecorder, flushInterval: UInt64 = 0,
        onFlush: ((inout TelemetryRecorder) -> Void)? = nil, onBreach: @escaping (String) -> Void,
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
        if let breach { onBreach(breach.message) }
        recorder.record(
            variable: variable.index, name: variable.name, units: variable.units, value: value, simTime: simTime)
        setTimers(context)
    }

    func receive(_ variable: TelemetryVariable, simTimes: Span<Double>, values: Span<Double>, context: LoopContext) {
        let breach = watchdog.observe(
            variable: variable.index, name: variable.name, units: variable.units, values: values, simTimes: simTimes,
            atNanoseconds: context.now)
        if let breach { onBreach(breach.message) }
        recorder.record(
            variable: variable.index, name: variable.name, units: variable.units, values: values, simTimes: simTimes)
        setTimers(context)
    }

    private func setTimers(_ context: LoopContext) {
        if timer == nil, let due = watchdog.nextTick {
            let now = context.now
            timer = context.schedule(after: due > now ? due - now : 0) { [weak self] in self?.tick($0) }
        }
        if flushTimer == nil, onFlush != nil { scheduleFlush(context) }
    }

    private func scheduleFlush(_ context: LoopContext) {
        flushTimer = context.schedule(after: flushInterval) { [weak self] context in
            guard let self else { return }
            onFlush?(&recorder)
            scheduleFlush(context)
        }
    }

    func finish(context: LoopContext) {
        if let timer { context.cancel(timer) }
        if let flushTimer { context.cancel(flushTimer) }
        if let breach = watchdog.finish() { onBreach(breach.message) }
        onFinish(recorder, watchdog.warnings)
    }

    private func tick(_ context: LoopContext) {
        timer = nil
        if let breach = watchdog.tick(atNanoseconds: context.now) { onBreach(breach.message) }
    }
}
