import Glibc

/// The dispersion of two outputs, such as the coordinates of a landing point, as ellipses around their mean.
package struct DispersionEllipses: Sendable, Hashable {
    /// The ellipse of all points at one Mahalanobis distance from the mean: its half-axes are that many standard deviations.
    package struct Ellipse: Sendable, Hashable {
        /// The distance, k of "k sigma".
        package var sigmas: Double
        /// The half-axes in the outputs' units.
        package var semiMajor: Double
        package var semiMinor: Double
        /// The share of a bivariate normal distribution inside, 1 − exp(−k²/2): 39.3 %, 86.5 % and 98.9 % for 1, 2 and 3 sigma.
        package var normalShare: Double
        /// The share of runs inside: the lower end takes runs without an answer for outside, the upper end for inside.
        package var share: Interval
        /// The distance that as large a share of the runs lies within, whatever their distribution: an order statistic of the
        /// distances from the mean. Multiplied by it, in place of `sigmas`, the axes hold that share.
        package var distance: QuantileEstimate
    }

    package struct Centre: Sendable, Hashable {
        package var x: Double
        package var y: Double
    }

    /// The mean of each output.
    package let centre: Centre
    package let covariance: Covariance
    /// The direction of the major axis, in radians from the first output's axis towards the second's, above −π/2 and up to π/2.
    package let angle: Double
    package let ellipses: [Ellipse]

    /// Nil where there are fewer than three runs with both answers, or they lie on a line.
    ///
    /// - Parameters:
    ///   - x, y: of one length, with a value for each run; NaN stands for a run without an answer.
    ///   - sigmas: the distances of the ellipses.
    ///   - confidence: that of the intervals of the order statistics.
    package init?(_ x: [Double], _ y: [Double], sigmas: [Double] = [1, 2, 3], confidence: Double = 0.95) {
        let covariance = Covariance([x, y])
        let (xx, xy, yy) = (covariance[0, 0], covariance[0, 1], covariance[1, 1])
        let centre = Centre(x: covariance.means[0], y: covariance.means[1])
        // What correlation leaves of the variance of y; below the rounding of the correlation it is nothing.
        let left = 1 - covariance.correlation(0, 1) * covariance.correlation(0, 1)
        guard covariance.count >= 3, xx > 0, yy > 0, left > 1e-14 else { return nil }

        let slope = xy / xx
        let distances = SortedColumn(
            zip(x, y).map { x, y in
                let dx = x - centre.x
                let rest = (y - centre.y) - slope * dx
                return (dx * dx / xx + rest * rest / (yy * left)).squareRoot()
            })
        let distribution = EmpiricalDistribution(distances)
        let spread = hypot(0.5 * (xx - yy), xy)
        let major = 0.5 * (xx + yy) + spread
        // The product of the eigenvalues is the determinant; their difference would lose the smaller one.
        let minor = xx * yy * left / major
        self.centre = centre
        self.covariance = covariance
        angle = xy == 0 ? (xx >= yy ? 0 : .pi / 2) : 0.5 * atan2(2 * xy, xx - yy)
        ellipses = sigmas.map { k in
            let normalShare = -expm1(-0.5 * k * k)
            return Ellipse(
                sigmas: k, semiMajor: k * major.squareRoot(), semiMinor: k * minor.squareRoot(), normalShare: normalShare,
                share: distribution.shareBounds(upTo: k),
                distance: distances.estimate(quantile: normalShare, confidence: confidence))
        }
    }

    /// The distance within which a bivariate normal distribution has a share, √(−2 ln(1 − share)).
    package static func normalDistance(share: Double) -> Double { (-2 * log1p(-share)).squareRoot() }
}
