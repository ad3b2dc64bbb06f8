/// How two outputs disperse together: their mean, and ellipses around it.
public struct OutputEllipses: Codable, Hashable, Sendable {
    public struct Ellipse: Codable, Hashable, Sendable {
        /// k of "k sigma": the half-axes are so many standard deviations.
        public var sigmas: Double
        /// The half-axes, in the outputs' units.
        public var semiMajor: Double
        public var semiMinor: Double
        /// The share of a bivariate normal distribution inside, 1 − exp(−k²/2).
        public var normalShare: Double
        /// The share of runs inside: the low end takes runs without an answer for outside, the high end for inside.
        public var share: Estimate
        /// In place of `sigmas`, the number of standard deviations within which that share of all runs lies, whatever their
        /// distribution: an order statistic, with its 95 % interval. A side is nil where there are too few runs.
        public var distance: Estimate

        public init(sigmas: Double, semiMajor: Double, semiMinor: Double, normalShare: Double, share: Estimate, distance: Estimate) {
            self.sigmas = sigmas
            self.semiMajor = semiMajor
            self.semiMinor = semiMinor
            self.normalShare = normalShare
            self.share = share
            self.distance = distance
        }

        private enum CodingKeys: String, CodingKey {
            case sigmas, share, distance
            case semiMajor = "semi_major"
            case semiMinor = "semi_minor"
            case normalShare = "normal_share"
        }
    }

    /// The outputs along the two axes.
    public var x: String
    public var y: String
    public var xUnits: String
    public var yUnits: String
    /// Runs that gave both numbers, and runs that ended without one of them.
    public var count: Int
    public var missing: Int
    /// The means.
    public var centreX: Double?
    public var centreY: Double?
    /// Pearson's coefficient.
    public var correlation: Double?
    /// The direction of the major axis, in radians from the axis of x towards that of y. It means something only where both
    /// have the same units.
    public var angleRad: Double?
    /// At 1, 2 and 3 sigma; empty where fewer than three runs gave both numbers, or where these lie on a line.
    public var ellipses: [Ellipse]
    /// Runs to draw, evenly spread over the indices where there are many.
    public var pointsX: [Double]
    public var pointsY: [Double]

    public init(
        x: String, y: String, xUnits: String, yUnits: String, count: Int, missing: Int, centreX: Double?, centreY: Double?, correlation: Double?,
        angleRad: Double?, ellipses: [Ellipse], pointsX: [Double], pointsY: [Double]
    ) {
        self.x = x
        self.y = y
        self.xUnits = xUnits
        self.yUnits = yUnits
        self.count = count
        self.missing = missing
        self.centreX = centreX
        self.centreY = centreY
        self.correlation = correlation
        self.angleRad = angleRad
        self.ellipses = ellipses
        self.pointsX = pointsX
        self.pointsY = pointsY
    }

    private enum CodingKeys: String, CodingKey {
        case x, y, count, missing, correlation, ellipses
        case xUnits = "x_units"
        case yUnits = "y_units"
        case centreX = "centre_x"
        case centreY = "centre_y"
        case angleRad = "angle_rad"
        case pointsX = "points_x"
        case pointsY = "points_y"
    }
}

/// The pairs of outputs whose ellipses are asked for.
public enum EllipsePairs: Hashable, Sendable {
    /// Those that share their units, the first few.
    case sharedUnits
    case named([Pair])

    public struct Pair: Hashable, Sendable {
        public var x: String
        public var y: String

        public init(x: String, y: String) { (self.x, self.y) = (x, y) }
    }

    /// In place of a list of pairs.
    public static let sharedUnitsWord = "units"
    /// So many pairs are told at once.
    public static let most = 20
    /// So many are told of outputs that share their units.
    public static let mostShared = 3
}
