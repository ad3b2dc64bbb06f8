import LynxDocument

extension FieldType where Value == ComputeSpec {
    static var compute: FieldType {
        mapping("'compute'") { fields in
            let container = fields.optional("container", .container, "What a job needs of the machine.")
            let parallel = fields.optional(
                "max_parallel_jobs", .integer(1...1_000_000),
                "How many jobs of the batch run at a time, over the whole pool; as many as the pool takes if left out.")
            let timeout = fields.optional(
                "job_timeout_seconds", .number(above: 0, atMost: TimeLimits.year), default: ComputeSpec.defaultJobTimeoutSeconds,
                "Wall-clock time after which a run is killed, in seconds.")
            let retries = fields.optional("max_retries", .integer(0...1000), default: 0, "How often a run that failed is tried again.")
            let gpu = fields.optional("gpu", .bool, "Whether only runners with a GPU may take the jobs; false if left out.")
            return ComputeSpec(container: container, maxParallelJobs: parallel, jobTimeoutSeconds: timeout, maxRetries: retries, gpu: gpu)
        }.named("Compute")
    }
}

extension FieldType where Value == ContainerSpec {
    fileprivate static var container: FieldType {
        .mapping("'container'") { fields in
            let image = fields.optional(
                "image", .containerImage, "The container image that simulations run in; on the runner's machine itself if left out.")
            let cpu = fields.optional(
                "cpu_request",
                .quantity("of CPU cores; give such as 2, 0.5 or 500m", pattern: "^([0-9]+\\.?[0-9]*|\\.[0-9]+)m?$", ResourceQuantity.cores),
                "CPU cores that a runner must have, and that a simulation may use: 2, 0.5 or 500m.")
            let memory = fields.optional(
                "memory_request",
                .quantity(
                    "of memory; give such as 4Gi, 8GB or 512M", pattern: "^([0-9]+\\.?[0-9]*|\\.[0-9]+)([kKMGTP]|[KMGTP]i)?B?$",
                    ResourceQuantity.gigabytes),
                "Memory that a runner must have, and that a simulation may use: 4Gi, 8GB or 512M.")
            return ContainerSpec(image: image, cpuRequest: cpu, memoryRequest: memory)
        }
    }
}

extension FieldType where Value == String {
    /// A word of a command line, which an option of the runtime's must not be.
    fileprivate static var containerImage: FieldType {
        line(maximum: 512).checked { name in
            let isName = !name.hasPrefix("-") && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            return isName ? nil : "\(Excerpt.quoted(name)) is no name of an image; write it like docker.io/library/python:3.11"
        }
    }

    fileprivate static func quantity(_ what: String, pattern: String, _ read: @escaping @Sendable (String) -> Double?) -> FieldType {
        numberLikeLine.checked(schema: ["minimum": 0, "pattern": .string(pattern)]) {
            read($0) == nil ? "\(Excerpt.quoted($0)) is no quantity \(what)" : nil
        }
    }
}
