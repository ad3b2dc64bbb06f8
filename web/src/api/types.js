/**
 * What the control plane answers, as far as the page reads it; docs/api.md has every answer by example.
 *
 * @typedef {"Pending" | "Running" | "Completed" | "Failed" | "Cancelled"} BatchStatus
 * @typedef {"Pending" | "Claimed" | "Running" | "Completed" | "Failed" | "Timeout" | "Cancelled"} JobStatus
 * @typedef {"MET" | "NOT MET" | "UNDECIDED"} VerdictName
 * @typedef {{value?: number, low?: number, high?: number}} Estimate
 *
 * @typedef {object} Batch
 * @property {string} batch_id
 * @property {string} name
 * @property {BatchStatus} status
 * @property {number} total_jobs
 * @property {number} completed_jobs
 * @property {number} failed_jobs
 * @property {number} cancelled_jobs
 * @property {string} created_at
 * @property {string} [completed_at]
 * @property {number} seed
 * @property {string} [stop_reason]
 * @property {string[]} [warnings]
 * @property {string} [submitted_by]
 *
 * @typedef {object} Token
 * @property {string} token_id
 * @property {"api" | "enroll"} kind
 * @property {string} name
 * @property {string[]} scopes
 * @property {string} created_at
 * @property {string} [expires_at] Missing: it does not expire.
 * @property {string} [revoked_at]
 * @property {string} [used_by] The runner that was enrolled with it.
 *
 * @typedef {object} StudySummary
 * @property {Batch} batch
 * @property {string} simulation
 * @property {number} requirements How many it states.
 * @property {VerdictName} [verdict] On all of them together; missing while it is not known.
 * @property {string} [code] The start of a hash of the code that its runs were made with.
 *
 * @typedef {object} Overview
 * @property {Batch} batch
 * @property {Partial<Record<JobStatus, number>>} jobs_by_status
 * @property {string} [pending_reason]
 * @property {string} [unroutable]
 * @property {string} [storage_problem]
 * @property {number} [requeued]
 * @property {number} [nominal_run] The index of the nominal run, the last of the jobs and no part of the sample.
 *
 * @typedef {object} Verdict
 * @property {string} name
 * @property {string} statement
 * @property {string} [output]
 * @property {number} [threshold]
 * @property {number} probability
 * @property {number} confidence
 * @property {VerdictName} verdict
 * @property {number} runs
 * @property {number} failures
 * @property {number} missing
 * @property {number} lower_bound
 * @property {number} upper_bound
 * @property {number} [runs_still_needed]
 * @property {number[]} first_failures
 * @property {string} rule
 * @property {boolean} is_approximate
 * @property {string} explanation
 *
 * @typedef {object} RareEvent What a subset simulation has found so far.
 * @property {string} limit_state
 * @property {number} [probability]
 * @property {number} low
 * @property {number} high
 * @property {number} confidence
 * @property {number[]} failed_runs
 * @property {string} explanation
 *
 * @typedef {object} Verdicts
 * @property {string} batch_id
 * @property {number} total_runs
 * @property {number} ended_runs
 * @property {Verdict[]} verdicts
 * @property {string} [stop_reason]
 * @property {RareEvent} [rare_event]
 *
 * @typedef {{times: number[], probabilities: Estimate[], breaches: Record<string, number>, missing: number}} BreachCurve
 * @typedef {{total_runs: number, ended_runs: number, breach?: BreachCurve}} Statistics
 *
 * @typedef {object} Driver
 * @property {string} parameter
 * @property {number} importance
 * @property {boolean} is_detected
 * @property {Estimate} [spearman]
 * @property {Estimate} [first_order]
 * @property {Estimate} [pawn]
 *
 * @typedef {object} Separator
 * @property {string[]} parameters
 * @property {string} [form]
 * @property {number} distance
 * @property {number} cut
 * @property {boolean} failures_lie_above
 * @property {number} area_under_roc
 * @property {number} q_value
 * @property {boolean} is_discovery
 *
 * @typedef {{blocks: number, parameters: {parameter: string, first_order: Estimate, total_order: Estimate}[]}} Sobol
 * @typedef {{output: string, runs: number, missing: number, r_squared?: number, drivers: Driver[], sobol?: Sobol}} OutputDrivers
 * @typedef {{failed: number, passed: number, missing: number, separators: Separator[]}} Separators
 * @typedef {{drivers: OutputDrivers[], separators?: Separators}} Drivers
 *
 * @typedef {object} RunConfiguration
 * @property {number} run_index
 * @property {string} seed_decimal
 * @property {{name: string, version: string, type: string}} simulation
 * @property {Record<string, number | string | boolean>} parameters
 * @property {Record<string, string>} units
 *
 * @typedef {object} Job
 * @property {string} job_id
 * @property {string} batch_id
 * @property {JobStatus} status
 * @property {number} retries
 * @property {number} max_retries
 * @property {number} [attempt]
 * @property {number} lost_attempts
 * @property {number} timeout_secs
 * @property {string} created_at
 * @property {string} [claimed_at]
 * @property {string} [started_at]
 * @property {string} [completed_at]
 * @property {string} [assigned_runner]
 * @property {string} [error_message]
 * @property {string} [pending_reason]
 * @property {RunConfiguration} run_config
 *
 * @typedef {object} Attempt
 * @property {number} attempt
 * @property {string} runner_id
 * @property {string} claimed_at
 * @property {string} [started_at]
 * @property {string} [ended_at]
 * @property {string} [outcome]
 * @property {string} [message]
 * @property {boolean} has_result
 *
 * @typedef {{name: string, value?: number, units: string, note?: string}} Output
 *
 * @typedef {object} Series
 * @property {string} units
 * @property {number} [count]
 * @property {number} [first]
 * @property {number} [last]
 * @property {number} [min]
 * @property {number} [max]
 * @property {number[]} time_s
 * @property {number[]} values
 * @property {number} [points]
 *
 * @typedef {{host_version?: string, engine_sha256?: string, files?: Record<string, string>}} Provenance
 *
 * @typedef {object} ResultMetadata
 * @property {number} attempt
 * @property {string} outcome
 * @property {number} [exit_code]
 * @property {number} [exit_signal]
 * @property {{condition: string, sim_time_s?: number}} [breach]
 * @property {number} [sim_time_s]
 * @property {string} engine
 * @property {string} engine_version
 * @property {string} runner_id
 * @property {string} simulation_name
 * @property {string} simulation_version
 * @property {number} [max_rss_bytes]
 * @property {string} [directory]
 * @property {string[]} warnings
 * @property {Provenance} [provenance]
 * @property {string} [basis]
 *
 * @typedef {object} Result
 * @property {string} job_id
 * @property {boolean} success
 * @property {number} execution_time_secs
 * @property {string} [error_message]
 * @property {Output[]} [outputs]
 * @property {Record<string, Series>} telemetry_data
 * @property {ResultMetadata} metadata
 *
 * @typedef {{job_id: string, attempt: number, complete: boolean, variables: Record<string, Series>}} Telemetry
 *
 * @typedef {object} Artifact
 * @property {string} path
 * @property {"output" | "log"} kind
 * @property {number} attempt
 * @property {number} size_bytes
 * @property {string} media_type
 * @property {string} sha256
 * @property {boolean} available
 *
 * @typedef {object} WarmWorker
 * @property {string} entrypoint
 * @property {"starting" | "ready" | "off"} state
 * @property {string} [message]
 * @property {number} jobs_started
 * @property {number} [rss_bytes]
 * @property {number} [modules]
 * @property {number} [modules_warm]
 *
 * @typedef {object} Capabilities
 * @property {number} cpu_cores
 * @property {number} memory_gb
 * @property {boolean} gpu_available
 * @property {number} max_concurrent_jobs
 * @property {string[]} supported_simulation_types
 *
 * @typedef {object} Runner
 * @property {string} runner_id
 * @property {string} name
 * @property {string} version
 * @property {"Idle" | "Busy" | "Offline" | "Maintenance"} status
 * @property {Capabilities} capabilities
 * @property {{id: string, version: string, warm_workers?: WarmWorker[]}[]} engines
 * @property {string[]} current_jobs
 * @property {string} last_heartbeat_at
 * @property {{since?: string, at?: string, reason: string}} [quarantine]
 *
 * @typedef {object} RequirementChange
 * @property {string} name
 * @property {string} statement
 * @property {number} first_failures
 * @property {number} second_failures
 * @property {number} first_runs
 * @property {number} second_runs
 * @property {number[]} newly_failing
 * @property {number[]} newly_passing
 * @property {number} [p_value]
 * @property {Estimate} [share_difference]
 *
 * @typedef {object} OutputChange
 * @property {string} name
 * @property {string} units
 * @property {number} [pairs]
 * @property {number} [changed]
 * @property {Estimate} [mean_difference]
 * @property {{run: number, first: number, second: number}[]} largest
 * @property {number} [distance]
 * @property {number} [p_value]
 *
 * @typedef {{value: string, runs: number}} CodeValue
 * @typedef {{part: string, first: CodeValue[], second: CodeValue[]}} CodeDifference
 *
 * @typedef {object} Comparison
 * @property {boolean} is_paired
 * @property {string} [unpaired_reason]
 * @property {number} pairs
 * @property {RequirementChange[]} requirements
 * @property {OutputChange[]} outputs
 * @property {{differences: CodeDifference[], first_unknown: number, second_unknown: number}} [code]
 *
 * @typedef {object} Bands
 * @property {string} variable
 * @property {string} units
 * @property {number} runs
 * @property {number} total_runs
 * @property {number} [read_runs] Of how many runs the telemetry is read so far.
 * @property {number} [ended_runs]
 * @property {boolean} complete
 * @property {number[]} time_s
 * @property {number[]} count
 * @property {number[]} probabilities
 * @property {(number | null)[][]} quantiles Of each probability; those of 0 and 1 are the extremes of all samples around each time.
 * @property {{run: number, time_s: number[], values: number[]}[]} lines
 * @property {{run: number, time_s: number, value?: number | null, condition: string}[]} breaches
 * @property {number} breaches_total
 *
 * @typedef {{authentication: boolean, tenant?: string, scopes?: ("read" | "submit" | "admin")[], token_name?: string}} Session
 *
 * @typedef {{name: string, variable: string, operator: string, threshold: number, units: string, description?: string}} Condition
 * @typedef {Record<string, unknown> & {type: string}} Distribution
 *
 * @typedef {object} Submission
 * @property {string} name
 * @property {object} config
 * @property {{enabled: boolean, conditions: Condition[]}} [config.early_termination]
 * @property {Record<string, {distribution: Distribution, units?: string}>} [config.dispersions]
 * @property {Record<string, unknown>} [config.monte_carlo]
 */
export {};
