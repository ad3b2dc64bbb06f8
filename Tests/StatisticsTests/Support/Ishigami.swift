import Glibc

@testable import Statistics

/// The function of Ishigami and Homma, with a = 7 and b = 0.1: inputs are uniform between −π and π.
enum Ishigami {
    static let firstOrder = [0.3139, 0.4424, 0]
    static let totalOrder = [0.5576, 0.4424, 0.2437]

    static func value(_ x: Double, _ y: Double, _ z: Double) -> Double {
        sin(x) + 7 * sin(y) * sin(y) + 0.1 * z * z * z * z * sin(x)
    }

    /// Independent runs: three columns of inputs, and the output.
    static func study(runs: Int, seed: UInt64) -> (inputs: [[Double]], output: [Double]) {
        var random = CounterRandom(seed: seed)
        let inputs = (0..<3).map { _ in (0..<runs).map { _ in (2 * random.openUnit() - 1) * Double.pi } }
        return (inputs, (0..<runs).map { value(inputs[0][$0], inputs[1][$0], inputs[2][$0]) })
    }
}
