import Foundation
import Testing

@testable import Sampling

@Suite("Finding roots")
struct RootFinderTests {
    @Test("The root of a smooth function is found to the last bits in few steps", arguments: [1e-300, 1e-9, 0.3, 2, 1e10])
    func smooth(root: Double) {
        var steps = 0
        let found = RootFinder.rising(from: 0, to: 1e12) { x in
            steps += 1
            return x * x * x - root * root * root
        }
        #expect(root < 1e-100 || abs(found - root) <= 4 * root.ulp)
        #expect(steps < 130)
    }

    @Test("Where a function jumps, the jump is found", arguments: [-1e300, -1, -1e-300, 0, 1e-20, 0.75, 3e200])
    func jump(place: Double) {
        let found = RootFinder.rising(from: -.greatestFiniteMagnitude, to: .greatestFiniteMagnitude) { $0 < place ? -1 : 1 }
        #expect(abs(found - place) <= 2 * place.ulp)
    }

    @Test("A root at an end, or none, gives the end")
    func ends() {
        #expect(RootFinder.rising(from: 1, to: 2) { $0 - 1 } == 1)
        #expect(RootFinder.rising(from: 1, to: 2) { $0 - 2 } == 2)
        #expect(RootFinder.rising(from: 1, to: 2) { $0 - 3 } == 2)
        #expect(RootFinder.rising(from: 1, to: 2) { $0 + 3 } == 1)
        #expect(RootFinder.rising(from: 1, to: 1) { $0 } == 1)
    }

    @Test("Sines and their inverse agree with the C library's")
    func sines() {
        for step in -1000...1000 {
            let x = Double(step) / 1000 * Portable.pi / 2
            #expect(abs(Portable.sin(x) - Foundation.sin(x)) <= 2 * Foundation.sin(x).ulp)
            let s = Double(step) / 1000
            #expect(abs(Portable.arcsin(s) - Foundation.asin(s)) < 1e-8)
            #expect(abs(Portable.sin(Portable.arcsin(s)) - s) <= 4 * s.ulp)
        }
    }

    @Test("x − ln(1 + x) keeps its digits for small x")
    func excess() {
        for power in 1...300 {
            let x = Foundation.pow(10, -Double(power))
            for x in [x, -x] {
                // Of the series x²/2 − x³/3 + x⁴/4 − … enough terms for x up to 0.1.
                var expected = 0.0
                for n in (2...24).reversed() { expected = expected * -x + 1 / Double(n) }
                #expect(abs(Portable.log1pExcess(x) - expected * x * x) <= 1e-14 * expected * x * x)
            }
        }
        #expect(abs(Portable.log1pExcess(3) - (3 - Foundation.log(4))) < 1e-15)
    }
}
