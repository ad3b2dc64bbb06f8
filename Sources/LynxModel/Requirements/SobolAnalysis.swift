/// Sobol' indices of one output, of a batch with `sampling_method: saltelli`.
public struct SobolAnalysis: Codable, Hashable, Sendable {
    public struct Parameter: Codable, Hashable, Sendable {
        public var parameter: String
        /// The share of the output's variance that the parameter explains alone.
        public var firstOrder: Estimate
        /// The share that it takes part in, with all its interactions.
        public var totalOrder: Estimate

        public init(parameter: String, firstOrder: Estimate, totalOrder: Estimate) {
            self.parameter = parameter
            self.firstOrder = firstOrder
            self.totalOrder = totalOrder
        }

        private enum CodingKeys: String, CodingKey {
            case parameter
            case firstOrder = "first_order"
            case totalOrder = "total_order"
        }
    }

    public struct Interaction: Codable, Hashable, Sendable {
        /// Two of them, in the order of their names.
        public var parameters: [String]
        /// The share that both explain together, beyond what each explains alone.
        public var secondOrder: Estimate

        public init(parameters: [String], secondOrder: Estimate) {
            self.parameters = parameters
            self.secondOrder = secondOrder
        }

        private enum CodingKeys: String, CodingKey {
            case parameters
            case secondOrder = "second_order"
        }
    }

    /// Blocks of the design all of whose runs have the output, which the indices are of.
    public var blocks: Int
    /// Blocks left out because a run of theirs ended without the output. No index can bound what they would change.
    public var incompleteBlocks: Int
    /// Blocks left out because runs of theirs have not ended, or were cancelled.
    public var unfinishedBlocks: Int
    /// In descending order of total-order indices. Intervals are at 95 %, by a bootstrap of blocks.
    public var parameters: [Parameter]
    /// In descending order; empty unless the design has `second_order`.
    public var interactions: [Interaction]

    public init(blocks: Int, incompleteBlocks: Int, unfinishedBlocks: Int, parameters: [Parameter], interactions: [Interaction]) {
        self.blocks = blocks
        self.incompleteBlocks = incompleteBlocks
        self.unfinishedBlocks = unfinishedBlocks
        self.parameters = parameters
        self.interactions = interactions
    }

    private enum CodingKeys: String, CodingKey {
        case blocks, parameters, interactions
        case incompleteBlocks = "incomplete_blocks"
        case unfinishedBlocks = "unfinished_blocks"
    }
}
