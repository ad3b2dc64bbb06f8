extension FieldType where Value == ComputeSpec {
    static var compute: FieldType {
        .mapping("'compute'") { fields in
            let container = fields.optional("container", .container)
            let parallel = fields.optional("max_parallel_jobs", .integer(1...1_000_000))
            let timeout = fields.optional("job_timeout_seconds", .number(above: 0, atMost: TimeLimits.year))
            let retries = fields.optional("max_retries", .integer(0...1000))
            return ComputeSpec(
                container: container, maxParallelJobs: parallel, jobTimeoutSeconds: timeout ?? ComputeSpec.defaultJobTimeoutSeconds,
                maxRetries: retries ?? 0)
        }
    }
}

extension FieldType where Value == ContainerSpec {
    fileprivate static var container: FieldType {
        .mapping("'container'") { fields in
            let image = fields.optional("image", .line())
            let cpu = fields.optional("cpu_request", .numberLikeLine)
            let memory = fields.optional("memory_request", .numberLikeLine)
            return ContainerSpec(image: image, cpuRequest: cpu, memoryRequest: memory)
        }
    }
}
