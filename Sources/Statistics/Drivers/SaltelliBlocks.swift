/// The outputs of a Saltelli design's complete blocks, and indices over any choice of blocks. See `SobolIndices`.
struct SaltelliBlocks {
    struct Indices {
        var first: [Double]
        var total: [Double]
        /// By pair, in the order of `pairs`.
        var second: [Double]
    }

    /// The pairs of inputs with second-order indices, (0, 1), (0, 2), … .
    let pairs: [(Int, Int)]
    private let outputs: [Double]
    private let inputs: Int
    private let runs: Int

    init(outputs: [Double], inputs: Int, secondOrder: Bool) {
        self.outputs = outputs
        self.inputs = inputs
        runs = SobolIndices.runsInBlock(inputs: inputs, secondOrder: secondOrder)
        pairs = secondOrder ? (0..<inputs).flatMap { i in (i + 1..<inputs).map { (i, $0) } } : []
    }

    /// NaN where the output does not change over the blocks' points A and B.
    func indices(of blocks: some Collection<Int>) -> Indices {
        var sum = 0.0
        var squares = 0.0
        var first = [Double](repeating: 0, count: inputs)
        var total = first
        var second = [Double](repeating: 0, count: pairs.count)
        for block in blocks {
            let start = block * runs
            let a = outputs[start]
            let b = outputs[start + runs - 1]
            sum += a + b
            squares += a * a + b * b
            for input in 0..<inputs {
                let change = outputs[start + 1 + input] - a
                first[input] += b * change
                total[input] += change * change
            }
            for (number, pair) in pairs.enumerated() {
                second[number] += outputs[start + 1 + inputs + pair.0] * outputs[start + 1 + pair.1] - a * b
            }
        }
        let count = Double(blocks.count)
        let mean = sum / (2 * count)
        let variance = squares / (2 * count) - mean * mean
        let scale = variance > 1e-14 ? 1 / (count * variance) : .nan
        first = first.map { $0 * scale }
        total = total.map { $0 * scale / 2 }
        for (number, pair) in pairs.enumerated() { second[number] = second[number] * scale - first[pair.0] - first[pair.1] }
        return Indices(first: first, total: total, second: second)
    }
}
