/// A step function of time: each value holds from its time until the next one, the last for ever.
struct Steps<Value: Equatable> {
    /// Strictly increasing; all functions of one evaluation begin at the same time.
    private(set) var times: [Double]
    private(set) var values: [Value]

    init(constant: Value, from start: Double) {
        times = [start]
        values = [constant]
    }

    private init(times: [Double], values: [Value]) {
        self.times = times
        self.values = values
    }

    private init(capacity: Int) {
        times = []
        values = []
        times.reserveCapacity(capacity)
        values.reserveCapacity(capacity)
    }

    var count: Int { times.count }

    /// Built from the earliest time on. A value that changes nothing is left out.
    @inline(__always)
    static func building(capacity: Int, _ build: (_ append: (Double, Value) -> Void) -> Void) -> Steps {
        var steps = Steps(capacity: capacity)
        build { time, value in steps.append(time, value) }
        return steps
    }

    /// Built from the latest time back to the earliest. A value that changes nothing is left out.
    @inline(__always)
    static func buildingBackwards(capacity: Int, _ build: (_ prepend: (Double, Value) -> Void) -> Void) -> Steps {
        var steps = Steps(capacity: capacity)
        build { time, value in
            if value == steps.values.last {
                steps.times[steps.count - 1] = time
            } else {
                steps.times.append(time)
                steps.values.append(value)
            }
        }
        steps.times.reverse()
        steps.values.reverse()
        return steps
    }

    @inline(__always)
    private mutating func append(_ time: Double, _ value: Value) {
        if value == values.last { return }
        times.append(time)
        values.append(value)
    }

    @inline(__always)
    func map<Other: Equatable>(_ transform: (Value) -> Other) -> Steps<Other> {
        Steps<Other>(times: times, values: values.map(transform))
    }

    /// The function of both at every time at which one of them changes.
    @inline(__always)
    func merged<Other: Equatable>(with right: Steps, _ combine: (Value, Value) -> Other) -> Steps<Other> {
        // Most relations compare with a constant.
        if right.count == 1 { return map { combine($0, right.values[0]) } }
        if count == 1 { return right.map { combine(values[0], $0) } }
        return .building(capacity: count + right.count) { append in
            var (i, j) = (0, 0)
            var time = times[0]
            while true {
                append(time, combine(values[i], right.values[j]))
                let next = i + 1 < count ? times[i + 1] : .infinity
                let nextRight = j + 1 < right.count ? right.times[j + 1] : .infinity
                time = min(next, nextRight)
                if time == .infinity { break }
                if next == time { i += 1 }
                if nextRight == time { j += 1 }
            }
        }
    }
}
