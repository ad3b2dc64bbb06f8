/// Searches whole numbers for where a condition begins to hold.
enum MonotoneSearch {
    /// The smallest number from `start` to `limit` for which the condition holds, or nil if it holds for none. The condition
    /// must hold for every number above one for which it holds; it is asked about twice log₂ of the distance often.
    static func first(from start: Int, through limit: Int, where holds: (Int) -> Bool) -> Int? {
        guard start <= limit else { return nil }
        if holds(start) { return start }
        var (low, step) = (start, 1)
        while true {
            let next = limit - low > step ? low + step : limit
            if next == low { return nil }
            if holds(next) { return between(low, next, where: holds) }
            low = next
            step *= 2
        }
    }

    /// The smallest number above `low`, for which the condition fails, up to `high`, for which it holds.
    private static func between(_ low: Int, _ high: Int, where holds: (Int) -> Bool) -> Int {
        var (low, high) = (low, high)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if holds(middle) { high = middle } else { low = middle }
        }
        return high
    }
}
