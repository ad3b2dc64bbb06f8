extension Steps<Degree> {
    /// Which samples an operator sees from a time t: value i has entered once t ≥ times[i] + `entering`, and has left once
    /// t ≥ times[i + 1] + `leaving`.
    struct Window {
        let entering: Double
        let leaving: Double

        /// The window of a future operator, [t + lower, t + upper].
        init(ahead bounds: TimeBounds) {
            entering = -bounds.upper
            leaving = -bounds.lower
        }

        /// The window of a past operator, [t − upper, t − lower].
        init(behind bounds: TimeBounds) {
            entering = bounds.lower
            leaving = bounds.upper
        }
    }

    /// At each time the least value within the window, or the highest degree where the window lies before the beginning.
    ///
    /// A queue of candidates that increase from front to back (Lemire 2006) makes it linear in the number of samples.
    func minimum(over window: Window) -> Steps {
        let times = times.span, values = values.span
        return .building(capacity: count) { append in
            // Indices of values that may become the least one once those before them have left.
            var queue = [Int](repeating: 0, count: times.count)
            var (front, back) = (0, 0)
            var (entered, left) = (0, 0)
            var now = times[0]
            while now < .infinity {
                while entered < times.count, times[entered] + window.entering <= now {
                    while back > front, values[queue[back - 1]] >= values[entered] { back -= 1 }
                    queue[back] = entered
                    back += 1
                    entered += 1
                }
                while left + 1 < times.count, times[left + 1] + window.leaving <= now {
                    if back > front, queue[front] == left { front += 1 }
                    left += 1
                }
                append(now, back > front ? values[queue[front]] : .highest)
                let nextEntry = entered < times.count ? times[entered] + window.entering : .infinity
                let nextExit = left + 1 < times.count ? times[left + 1] + window.leaving : .infinity
                now = Swift.min(nextEntry, nextExit)
            }
        }
    }

    /// At each time the greatest value within the window, or the lowest degree where the window lies before the beginning.
    func maximum(over window: Window) -> Steps { negated.minimum(over: window).negated }

    var negated: Steps { map(\.negated) }

    /// `self` until `goal`: at each time t the greatest, over the times t′ within the bounds from t, of the least of goal(t′) and
    /// all values of self in [t, t′].
    ///
    /// By Donzé, Ferrère and Maler (2013), "Efficient robust monitoring for STL": without bounds it obeys a recursion backwards
    /// in time, and with bounds [a,b] it is eventually[a,b] goal and always[0,a] (self until goal).
    func until(_ bounds: TimeBounds, _ goal: Steps) -> Steps {
        var result = until(goal)
        if bounds.lower > 0 {
            result = result.minimum(over: Window(ahead: TimeBounds(0, bounds.lower)!))
        }
        if bounds.upper < .infinity {
            result = result.merged(with: goal.maximum(over: Window(ahead: bounds)), Swift.min)
        }
        return result
    }

    private func until(_ goal: Steps) -> Steps {
        .buildingBackwards(capacity: count + goal.count) { prepend in
            var (i, j) = (count - 1, goal.count - 1)
            var later = Degree.lowest
            while i >= 0, j >= 0 {
                later = Swift.min(values[i], Swift.max(goal.values[j], later))
                let (time, goalTime) = (times[i], goal.times[j])
                prepend(Swift.max(time, goalTime), later)
                if time >= goalTime { i -= 1 }
                if goalTime >= time { j -= 1 }
            }
        }
    }
}
