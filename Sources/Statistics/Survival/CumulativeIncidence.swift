import Glibc

extension Survival {
    static func incidenceCurve(
        _ times: BreachTimes, of cause: Int, confidence: Double, scale: IntervalScale
    ) -> BreachCurve {
        let z = NormalDistribution.upperQuantile((1 - confidence) / 2)
        var survival = 1.0
        var incidence = 0.0
        var variance = IncidenceVariance()
        var steps: [BreachCurve.Step] = []
        for event in times.events {
            let own = event.byCause[cause]
            let survivalBefore = survival
            survival *= Double(event.atRisk - event.breaches) / Double(event.atRisk)
            incidence += survivalBefore * Double(own) / Double(event.atRisk)
            variance.add(event, own: own, survivalBefore: survivalBefore, incidence: incidence)
            guard own > 0 else { continue }
            let error = variance.value(at: incidence).squareRoot()
            steps.append(
                BreachCurve.Step(
                    time: event.time, atRisk: event.atRisk, breaches: own, probability: incidence, standardError: error,
                    interval: interval(incidence, error: error, z: z, scale: scale)))
        }
        return BreachCurve(steps: steps, endTimes: times.endTimes, confidence: confidence)
    }

    private static func interval(_ probability: Double, error: Double, z: Double, scale: IntervalScale) -> Interval {
        // All runs have breached from this cause: the variance's formula is 0 there, and says nothing.
        guard probability < 1 else { return Interval(0, 1) }
        switch scale {
        case .plain:
            return Interval(max(probability - z * error, 0), min(probability + z * error, 1))
        case .logLog:
            let half = exp(z * error / (probability * -log(probability)))
            return Interval(pow(probability, half), pow(probability, 1 / half))
        }
    }
}

/// The sums of Marubini and Valsecchi's variance of a cumulative incidence F, whose terms have F at the time asked for:
/// Σ (F − Fᵢ)² dᵢ / (nᵢ (nᵢ − dᵢ)) + Σ Sᵢ₋₁² (nᵢ − dₖᵢ) dₖᵢ / nᵢ³ − 2 Σ (F − Fᵢ) Sᵢ₋₁ dₖᵢ / nᵢ²,
/// with n runs at risk, d breaches, dₖ of them from the cause, and S the probability of none before.
private struct IncidenceVariance {
    private var hazard = (zeroth: 0.0, first: 0.0, second: 0.0)
    private var own = 0.0
    private var mixed = (zeroth: 0.0, first: 0.0)

    mutating func add(_ event: BreachTimes.Event, own ofCause: Int, survivalBefore: Double, incidence: Double) {
        let atRisk = Double(event.atRisk)
        let breachesOfCause = Double(ofCause)
        // Where none is left at risk F stays what it is, and the first sum's term is 0.
        if event.atRisk > event.breaches {
            let term = Double(event.breaches) / (atRisk * (atRisk - Double(event.breaches)))
            hazard.zeroth += term
            hazard.first += incidence * term
            hazard.second += incidence * incidence * term
        }
        own += survivalBefore * survivalBefore * (atRisk - breachesOfCause) * breachesOfCause / (atRisk * atRisk * atRisk)
        let term = survivalBefore * breachesOfCause / (atRisk * atRisk)
        mixed.zeroth += term
        mixed.first += incidence * term
    }

    func value(at incidence: Double) -> Double {
        let ofHazard = incidence * incidence * hazard.zeroth - 2 * incidence * hazard.first + hazard.second
        return max(ofHazard + own - 2 * (incidence * mixed.zeroth - mixed.first), 0)
    }
}
