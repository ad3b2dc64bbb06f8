import LynxModel
import Statistics

/// Sobol' indices, from the outputs of Saltelli's design.
extension StudyAnalyst {
    /// Whether each run belongs to a block of Saltelli's design, so that indices can be made of outputs.
    var isSaltelli: Bool { config.monteCarlo.samplingMethod == .saltelli }

    /// Nil for another design, for fewer than two complete blocks, and for an output that never changes.
    func sobol(of output: StudyTable.Output) -> SobolAnalysis? {
        guard isSaltelli else { return nil }
        let names = config.spreadParameters
        let secondOrder = config.monteCarlo.secondOrder ?? false
        guard let indices = try? SobolIndices(outputs: output.values, inputs: names.count, secondOrder: secondOrder) else { return nil }
        let incomplete = incompleteBlocks(output, runsInBlock: SobolIndices.runsInBlock(inputs: names.count, secondOrder: secondOrder))
        let parameters = names.indices.map {
            SobolAnalysis.Parameter(
                parameter: names[$0], firstOrder: Estimate(indices.firstOrder[$0]), totalOrder: Estimate(indices.totalOrder[$0]))
        }
        let interactions = indices.secondOrder.map {
            SobolAnalysis.Interaction(parameters: [names[$0.inputs.0], names[$0.inputs.1]], secondOrder: Estimate($0.index))
        }
        return SobolAnalysis(
            blocks: indices.blocks, incompleteBlocks: incomplete, unfinishedBlocks: indices.incompleteBlocks - incomplete,
            parameters: parameters.sorted { ($0.totalOrder.value ?? 0) > ($1.totalOrder.value ?? 0) },
            interactions: interactions.sorted { ($0.secondOrder.value ?? 0) > ($1.secondOrder.value ?? 0) })
    }

    /// Blocks with a run that ended without the output. In others that are not complete, what lacks is still to come, or was
    /// cancelled.
    private func incompleteBlocks(_ output: StudyTable.Output, runsInBlock: Int) -> Int {
        stride(from: 0, to: table.total, by: runsInBlock).count { start in
            (start..<min(start + runsInBlock, table.total)).contains { table.hasEnded($0) && !output.values[$0].isFinite }
        }
    }
}
