import EventLoop

/// The instance numbers of this machine as one engine takes and returns them. Used on the engine's loop only.
///
/// A returned number is kept until nothing of its flight is left, so that its next user does not find a port or a lock that is
/// just being closed.
final class InstancePool {
    private struct Waiter {
        var id: Int
        var excluded: Set<Instance>
        var receive: (LoopContext, Instance) -> Void
    }

    /// A box, as arrays cannot hold non-copyable values.
    private final class Held {
        let lock: InstanceLock
        init(_ lock: consuming InstanceLock) { self.lock = lock }
    }

    private var held: [Instance: Held] = [:]
    private var waiters: [Waiter] = []
    private var lastID = 0
    private var isLooking = false
    private let onStuck: (Instance, InstanceProbe.Obstacle) -> Void
    private let onPassedOver: (Instance, InstanceProbe.Obstacle) -> Void
    /// The obstacle of each number when it was last checked.
    private var obstacles: [Instance: InstanceProbe.Obstacle] = [:]
    /// Obstacles that have been logged already.
    private var logged: Set<InstanceProbe.Obstacle> = []

    /// The interval of checks in nanoseconds, as numbers returned by other processes cause no event.
    private static let checkInterval: UInt64 = 200_000_000
    /// The number of checks after which a number in quarantine is reported.
    private static let stuckLooks = 50

    /// - Parameters:
    ///   - onStuck: called once for a number whose processes or ports do not go away.
    ///   - onPassedOver: called with each obstacle, once for all the numbers that it blocks.
    init(
        onStuck: @escaping (Instance, InstanceProbe.Obstacle) -> Void, onPassedOver: @escaping (Instance, InstanceProbe.Obstacle) -> Void
    ) {
        self.onStuck = onStuck
        self.onPassedOver = onPassedOver
    }

    /// A description of the obstacles; empty if all numbers are merely in use by runners.
    var hindrances: String {
        let groups = Dictionary(grouping: obstacles, by: \.value).map { ($0.key, $0.value.map(\.key.number).sorted()) }
        return groups.sorted { $0.1[0] < $1.1[0] }.map { obstacle, numbers in "\(Self.list(numbers)): \(obstacle)" }.joined(separator: "; ")
    }

    /// A list of numbers such as `0, 9 to 39`.
    private static func list(_ numbers: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = ranges.last, last.upperBound == number - 1 {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)" }.joined(separator: ", ")
    }

    /// Calls `receive` with a number as soon as one is free, possibly at once, in the order of the calls. Returns an id for
    /// `cancel`.
    func acquire(
        except excluded: Set<Instance>, _ context: LoopContext, _ receive: @escaping (LoopContext, Instance) -> Void
    ) -> Int {
        lastID += 1
        waiters.append(Waiter(id: lastID, excluded: excluded, receive: receive))
        serve(context)
        return lastID
    }

    /// Cancels a request for a number.
    func cancel(_ id: Int) { waiters.removeAll { $0.id == id } }

    /// Returns a number after its flight, when its processes have ended; it becomes free when nothing is left on it.
    func giveBack(_ instance: Instance, _ context: LoopContext) { quarantine(instance, looks: 0, context) }

    /// Sets a number aside that another PX4 uses.
    func avoid(_ instance: Instance, _ context: LoopContext) {
        held[instance] = nil
        serve(context)
    }

    private func quarantine(_ instance: Instance, looks: Int, _ context: LoopContext) {
        if let obstacle = InstanceProbe.remainder(instance) {
            if looks == Self.stuckLooks { onStuck(instance, obstacle) }
            context.schedule(after: Self.checkInterval) { [self] in quarantine(instance, looks: looks + 1, $0) }
            return
        }
        InstanceProbe.clear(instance)
        held[instance] = nil
        serve(context)
    }

    private func serve(_ context: LoopContext) {
        while let waiter = waiters.first, let instance = acquireFree(except: waiter.excluded) {
            waiters.removeFirst()
            waiter.receive(context, instance)
        }
        guard !waiters.isEmpty, !isLooking else { return }
        isLooking = true
        context.schedule(after: Self.checkInterval) { [self] context in
            isLooking = false
            serve(context)
        }
    }

    private func acquireFree(except excluded: Set<Instance>) -> Instance? {
        for instance in Instance.all where held[instance] == nil && !excluded.contains(instance) {
            // Without a free descriptor no number can be taken now.
            guard let taken = try? InstanceLock.acquire(instance) else {
                obstacles[instance] = nil
                continue
            }
            let obstacle = InstanceProbe.obstacle(instance)
            obstacles[instance] = obstacle
            guard let obstacle else {
                held[instance] = Held(taken)
                return instance
            }
            if logged.insert(obstacle).inserted { onPassedOver(instance, obstacle) }
        }
        return nil
    }
}
