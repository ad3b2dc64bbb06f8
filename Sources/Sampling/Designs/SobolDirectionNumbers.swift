/// What starts the recurrence of each dimension of Sobol's sequence.
enum SobolDirectionNumbers {
    struct Polynomial {
        /// Those between the first and the last, which are 1: the highest bit belongs to the second.
        let coefficients: UInt32
        /// As many as the degree, each odd.
        let initial: [UInt32]
    }

    static let polynomials: [Polynomial] = table.withUTF8Buffer { bytes in
        bytes.split(separator: UInt8(ascii: "\n")).map { line in
            let numbers = line.split(separator: UInt8(ascii: " ")).map { $0.reduce(0) { 10 * $0 + UInt32($1 - UInt8(ascii: "0")) } }
            return Polynomial(coefficients: numbers[0], initial: Array(numbers.dropFirst()))
        }
    }
}
