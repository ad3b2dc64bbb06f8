import CLinux
import Glibc
import Support

/// The epoll set of one loop, level-triggered. Each event carries its watch's token, which is never reused, so an event of a
/// cancelled watch is ignored even if its descriptor number is in use again.
final class Poller {
    private let epoll: OwnedDescriptor
    private var watches: [UInt64: Watch] = [:]
    private var nextToken: UInt64 = 1
    private var events = [epoll_event](repeating: epoll_event(), count: 256)

    init() throws(SystemError) {
        epoll = try OwnedDescriptor("epoll_create1", epoll_create1(CInt(EPOLL_CLOEXEC)))
        // epoll_pwait2 needs Linux 5.11; its absence should show here rather than on the loop's thread.
        _ = try SystemError.check("epoll_pwait2", poll(timeout: 0))
    }

    func add(_ descriptor: CInt, _ interest: Interest, _ onReady: @escaping Watch.Handler) throws -> Watch {
        let watch = Watch(descriptor: descriptor, token: nextToken, poller: self, onReady: onReady)
        nextToken += 1
        watches[watch.token] = watch
        do {
            try change(watch, to: interest)
        } catch {
            watches[watch.token] = nil
            throw error
        }
        return watch
    }

    // Without any interest epoll would still report hang-ups repeatedly, so such a watch is removed from the set.
    func change(_ watch: Watch, to interest: Interest) throws {
        let operation = watch.interest.isEmpty ? EPOLL_CTL_ADD : interest.isEmpty ? EPOLL_CTL_DEL : EPOLL_CTL_MOD
        if !(watch.interest.isEmpty && interest.isEmpty) {
            var event = epoll_event(events: interest.epollEvents, data: epoll_data_t(u64: watch.token))
            _ = try SystemError.check("epoll_ctl", epoll_ctl(epoll.raw, operation, watch.descriptor, &event))
        }
        watch.interest = interest
    }

    func remove(_ watch: Watch) {
        watches[watch.token] = nil
        if !watch.interest.isEmpty {
            var unused = epoll_event()
            _ = epoll_ctl(epoll.raw, EPOLL_CTL_DEL, watch.descriptor, &unused)
        }
    }

    /// Cancels every watch, which releases what the callbacks hold.
    func removeAll() {
        for watch in watches.values { watch.cancel() }
    }

    /// Waits for events and calls their watches. `timeout` is in nanoseconds; nil waits without limit.
    func dispatch(timeout: UInt64?, _ context: LoopContext) {
        let count = poll(timeout: timeout)
        guard count >= 0 else {
            // Any other error means that the loop's own descriptor is gone.
            if errno != EINTR { lynx_die("descriptors of this process were closed by code that it has loaded: waiting for events failed (\(String(cString: strerror(errno)))); this process ends, and its simulations with it") }
            return
        }
        for index in 0..<Int(count) {
            let event = events[index]
            guard let watch = watches[event.data.u64], let onReady = watch.onReady else { continue }
            onReady(context, Readiness(epollEvents: event.events))
        }
    }

    private func poll(timeout: UInt64?) -> CInt {
        guard let timeout else {
            return epoll_pwait2(epoll.raw, &events, CInt(events.count), nil, nil)
        }
        var wait = timespec(tv_sec: Int(timeout / 1_000_000_000), tv_nsec: Int(timeout % 1_000_000_000))
        return epoll_pwait2(epoll.raw, &events, CInt(events.count), &wait, nil)
    }
}
