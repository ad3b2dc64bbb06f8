extension FieldType where Value == ComputeSpec {
    static var compute: FieldType {
        .mapping("'compute'") { fields in
            let container = fields.optional("container", .container)
            let parallel = fields.optional("max_parallel_jobs", .integer(1...1_000_000))
            let timeout = fields.optional("job_timeout_seconds", .number(above: 0, atMost: TimeLimits.year))
            let retries = fields.optional("max_retries", .integer(0...1000))
            let gpu = fields.optional("gpu", .bool)
            return ComputeSpec(
                container: container, maxParallelJobs: parallel, jobTimeoutSeconds: timeout ?? ComputeSpec.defaultJobTimeoutSeconds,
                maxRetries: retries ?? 0, gpu: gpu)
        }
    }
}

extension FieldType where Value == ContainerSpec {
    fileprivate static var container: FieldType {
        .mapping("'container'") { fields in
            let image = fields.optional("image", .line())
            let cpu = fields.optional("cpu_request", .quantity("of CPU cores; give such as 2, 0.5 or 500m", ResourceQuantity.cores))
            let memory = fields.optional("memory_request", .quantity("of memory; give such as 4Gi, 8GB or 512M", ResourceQuantity.gigabytes))
            return ContainerSpec(image: image, cpuRequest: cpu, memoryRequest: memory)
        }
    }
}

extension FieldType where Value == String {
    fileprivate static func quantity(_ what: String, _ read: @escaping @Sendable (String) -> Double?) -> FieldType {
        numberLikeLine.checked { read($0) == nil ? "\(Excerpt.quoted($0)) is no quantity \(what)" : nil }
    }
}
