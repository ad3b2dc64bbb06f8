import Foundation

/// A Kepler orbit in closed form, from the classical elements.
///
/// Source: R. H. Battin, An Introduction to the Mathematics and Methods of Astrodynamics, chapters 3 and 4.
struct TwoBodyOrbit {
    /// Of the Earth without its moon, in m³/s², to the nine digits in which JPL's recent ephemerides agree.
    static let mu = 3.986_004_36e14

    /// In m.
    let semiMajorAxis: Double
    let eccentricity: Double
    /// In rad, as all angles here.
    let inclination: Double
    let ascendingNode: Double
    let argumentOfPerigee: Double
    /// At time 0.
    let trueAnomaly: Double

    /// From the tutorial's parameters.
    init(_ parameters: [String: Double]) throws {
        func number(_ name: String) throws -> Double {
            guard let value = parameters[name] else { throw CocoaError(.coderValueNotFound) }
            return value
        }
        func angle(_ name: String) throws -> Double { try number(name) * .pi / 180 }
        semiMajorAxis = try number("semi_major_axis_m")
        eccentricity = try number("eccentricity")
        inclination = try angle("inclination_deg")
        ascendingNode = try angle("raan_deg")
        argumentOfPerigee = try angle("arg_perigee_deg")
        trueAnomaly = try angle("true_anomaly_deg")
    }

    /// In s.
    var period: Double { 2 * .pi * (semiMajorAxis * semiMajorAxis * semiMajorAxis / Self.mu).squareRoot() }

    /// In m, in the Earth-centred inertial frame.
    func position(at time: Double) -> SIMD3<Double> {
        let start = 2 * atan(((1 - eccentricity) / (1 + eccentricity)).squareRoot() * tan(trueAnomaly / 2))
        let meanAnomaly = start - eccentricity * sin(start) + 2 * .pi * time / period
        // Newton's iteration for Kepler's equation; it doubles the digits, and starts with two or more.
        var anomaly = meanAnomaly
        for _ in 0..<8 {
            anomaly -= (anomaly - eccentricity * sin(anomaly) - meanAnomaly) / (1 - eccentricity * cos(anomaly))
        }
        let x = semiMajorAxis * (cos(anomaly) - eccentricity)
        let y = semiMajorAxis * (1 - eccentricity * eccentricity).squareRoot() * sin(anomaly)
        return x * toPerigee + y * acrossPerigee
    }

    private var toPerigee: SIMD3<Double> {
        let (node, perigee, tilt) = (ascendingNode, argumentOfPerigee, inclination)
        return SIMD3(
            cos(node) * cos(perigee) - sin(node) * sin(perigee) * cos(tilt),
            sin(node) * cos(perigee) + cos(node) * sin(perigee) * cos(tilt),
            sin(perigee) * sin(tilt))
    }

    /// A quarter of a turn further on in the plane of the orbit.
    private var acrossPerigee: SIMD3<Double> {
        let (node, perigee, tilt) = (ascendingNode, argumentOfPerigee, inclination)
        return SIMD3(
            -cos(node) * sin(perigee) - sin(node) * cos(perigee) * cos(tilt),
            -sin(node) * sin(perigee) + cos(node) * cos(perigee) * cos(tilt),
            cos(perigee) * sin(tilt))
    }
}
