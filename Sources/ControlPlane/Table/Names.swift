/// Names in the order in which they were met. They only grow, so that the same place always means the same one.
struct Names: Sendable {
    private(set) var all: [String] = []
    private var places: [String: Int32] = [:]

    mutating func place(of name: String) -> Int32 {
        if let place = places[name] { return place }
        let place = Int32(all.count)
        places[name] = place
        all.append(name)
        return place
    }
}
