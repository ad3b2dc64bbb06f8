import EventLoop

/// The instance numbers of this machine, as one engine takes them and gives them back. Lives on the engine's loop.
///
/// A number is kept after its flight until nothing of that flight is left on it, and only then let go: who takes it next must not
/// meet a port or a lock that is just being closed.
final class InstancePool {
    private struct Waiter {
        var id: Int
        var excluded: Set<Instance>
        var take: (LoopContext, Instance) -> Void
    }

    /// A box for what arrays can't hold.
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
    /// What was in the way of each number when it was last looked at.
    private var obstacles: [Instance: InstanceProbe.Obstacle] = [:]
    /// Obstacles that have been logged already.
    private var told: Set<InstanceProbe.Obstacle> = []

    /// Numbers that other processes give back make no noise.
    private static let lookAgain: UInt64 = 200_000_000
    /// Quarantine that lasts so many looks is worth a word.
    private static let stuckLooks = 50

    /// - Parameters:
    ///   - onStuck: told once of a number whose processes or ports do not go away.
    ///   - onPassedOver: told of what keeps a number from being used, once for all numbers that it is in the way of.
    init(
        onStuck: @escaping (Instance, InstanceProbe.Obstacle) -> Void, onPassedOver: @escaping (Instance, InstanceProbe.Obstacle) -> Void
    ) {
        self.onStuck = onStuck
        self.onPassedOver = onPassedOver
    }

    /// What keeps numbers from being used, for a person; empty where all are merely in use by runners.
    var hindrances: String {
        let groups = Dictionary(grouping: obstacles, by: \.value).map { ($0.key, $0.value.map(\.key.number).sorted()) }
        return groups.sorted { $0.1[0] < $1.1[0] }.map { obstacle, numbers in "\(Self.list(numbers)): \(obstacle)" }.joined(separator: "; ")
    }

    /// `0, 9 to 39`
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

    /// Hands `take` a number as soon as there is one, at once if there is; first come, first served. Returns what `cancel` takes.
    func acquire(
        except excluded: Set<Instance>, _ context: LoopContext, _ take: @escaping (LoopContext, Instance) -> Void
    ) -> Int {
        lastID += 1
        waiters.append(Waiter(id: lastID, excluded: excluded, take: take))
        serve(context)
        return lastID
    }

    /// The number is no longer wanted.
    func cancel(_ id: Int) { waiters.removeAll { $0.id == id } }

    /// The flight is over and its processes have ended; the number goes back when nothing is left on it.
    func giveBack(_ instance: Instance, _ context: LoopContext) { quarantine(instance, looks: 0, context) }

    /// The number is another's PX4's.
    func avoid(_ instance: Instance, _ context: LoopContext) {
        held[instance] = nil
        serve(context)
    }

    private func quarantine(_ instance: Instance, looks: Int, _ context: LoopContext) {
        if let obstacle = InstanceProbe.remainder(instance) {
            if looks == Self.stuckLooks { onStuck(instance, obstacle) }
            context.schedule(after: Self.lookAgain) { [self] in quarantine(instance, looks: looks + 1, $0) }
            return
        }
        InstanceProbe.clear(instance)
        held[instance] = nil
        serve(context)
    }

    private func serve(_ context: LoopContext) {
        while let waiter = waiters.first, let instance = takeFree(except: waiter.excluded) {
            waiters.removeFirst()
            waiter.take(context, instance)
        }
        guard !waiters.isEmpty, !isLooking else { return }
        isLooking = true
        context.schedule(after: Self.lookAgain) { [self] context in
            isLooking = false
            serve(context)
        }
    }

    private func takeFree(except excluded: Set<Instance>) -> Instance? {
        for instance in Instance.all where held[instance] == nil && !excluded.contains(instance) {
            // Without a descriptor to spare there is none to be had now.
            guard let taken = try? InstanceLock.take(instance) else {
                obstacles[instance] = nil
                continue
            }
            let obstacle = InstanceProbe.obstacle(instance)
            obstacles[instance] = obstacle
            guard let obstacle else {
                held[instance] = Held(taken)
                return instance
            }
            if told.insert(obstacle).inserted { onPassedOver(instance, obstacle) }
        }
        return nil
    }
}
