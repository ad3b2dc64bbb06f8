import EngineABI
import Glibc
import Synchronization

/// A collector that checks how an engine uses it. It is never freed, so that a call after the end of collect is found out.
final class CheckedCollector: Sendable {
    private struct State: Sendable {
        var isOpen = true
        var hasDirectory = false
    }

    private nonisolated(unsafe) let inner: UnsafePointer<lynx_collector>
    private let check: ABICheck
    private let thread = pthread_self()
    private let state = Mutex(State())

    init(_ inner: UnsafePointer<lynx_collector>, _ check: ABICheck) {
        self.inner = inner
        self.check = check
    }

    /// The collector for the engine.
    var table: UnsafePointer<lynx_collector> {
        let table = UnsafeMutablePointer<lynx_collector>.allocate(capacity: 1)
        table.initialize(
            to: lynx_collector(
                struct_size: UInt32(MemoryLayout<lynx_collector>.size), context: Unmanaged.passRetained(self).toOpaque(),
                output_directory: { collector, path in
                    let checked = CheckedCollector.of(collector)
                    guard let inner = checked.permitted("output_directory") else { return }
                    let again = checked.state.withLock { state in
                        defer { state.hasDirectory = true }
                        return state.hasDirectory
                    }
                    if again { checked.report("called output_directory a second time", "lynx_collector.output_directory", "called once, first") }
                    inner.pointee.output_directory(inner, path)
                },
                artifact: { collector, artifact in
                    let checked = CheckedCollector.of(collector)
                    guard let inner = checked.permitted("artifact") else { return }
                    if !checked.state.withLock({ $0.hasDirectory }) {
                        checked.report("called artifact before output_directory", "lynx_collector.output_directory", "called once, first")
                    }
                    inner.pointee.artifact(inner, artifact)
                },
                warning: { collector, message in
                    guard let inner = CheckedCollector.of(collector).permitted("warning") else { return }
                    inner.pointee.warning(inner, message)
                },
                max_file_bytes: inner.pointee.max_file_bytes, max_total_bytes: inner.pointee.max_total_bytes,
                is_cancelled: { collector in
                    guard let inner = CheckedCollector.of(collector).permitted("is_cancelled") else { return 1 }
                    return inner.pointee.is_cancelled(inner)
                }))
        return UnsafePointer(table)
    }

    /// Marks the end of collect.
    func close() { state.withLock { $0.isOpen = false } }

    private static func of(_ collector: UnsafePointer<lynx_collector>?) -> CheckedCollector {
        Unmanaged<CheckedCollector>.fromOpaque(collector!.pointee.context).takeUnretainedValue()
    }

    /// The collector to pass a call on to; nil once it is gone.
    private func permitted(_ function: String) -> UnsafePointer<lynx_collector>? {
        guard state.withLock({ $0.isOpen }) else {
            report("called \(function) after collect returned", "lynx_collector", "[the thread of collect & before it returns]")
            return nil
        }
        if pthread_self() != thread {
            report("called \(function) on another thread than that of collect", "lynx_collector", "[the thread of collect & before it returns]")
        }
        return inner
    }

    private func report(_ what: String, _ function: String, _ rule: String) { check.report("engine \(check.engine) \(what)", function, rule) }
}
