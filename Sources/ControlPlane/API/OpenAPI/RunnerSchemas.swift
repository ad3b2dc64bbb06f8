extension OpenAPIDocument {
    static let runnerSchemas = #"""
        {
          "RunnerStatus": {"type": "string", "enum": ["Idle", "Busy", "Offline", "Maintenance"],
            "description": "Maintenance: drained or in quarantine. Offline: signed off, or not heard of within a lease."},
          "RunnerCapabilities": {
            "type": "object", "required": ["max_concurrent_jobs", "cpu_cores", "memory_gb", "gpu_available", "supported_simulation_types"],
            "properties": {
              "max_concurrent_jobs": {"type": "integer", "minimum": 1}, "cpu_cores": {"type": "integer"}, "memory_gb": {"type": "number"},
              "gpu_available": {"type": "boolean"}, "supported_simulation_types": {"type": "array", "maxItems": 256, "items": {"type": "string"}}
            }
          },
          "RunnerOffer": {
            "type": "object", "required": ["scenarios", "bundle_types", "scenario_only"],
            "properties": {
              "scenarios": {"type": "array", "maxItems": 256, "items": {"$ref": "#/components/schemas/RunnerScenario"}},
              "bundle_types": {"type": "array", "maxItems": 256, "items": {"type": "string"},
                "description": "The simulation types for which it runs code that comes with a batch."},
              "scenario_only": {"type": "array", "maxItems": 256, "items": {"type": "string"},
                "description": "The supported simulation types that it runs only with a scenario's name or a bundle."},
              "container_engines": {"type": ["array", "null"], "maxItems": 256, "items": {"type": "string"},
                "description": "The engines whose simulations it runs in container images; none, if left out."}
            }
          },
          "RunnerScenario": {
            "type": "object", "required": ["name", "engine"],
            "properties": {
              "name": {"type": "string"}, "engine": {"type": "string"},
              "sha256": {"type": ["string", "null"], "pattern": "^[0-9a-f]{64}$", "description": "Of its settings and of the files that they name."},
              "trouble": {"type": ["string", "null"], "maxLength": 4096, "description": "Why the runner starts no jobs of it now."},
              "needs_image": {"type": ["string", "null"], "maxLength": 4096, "description": "Why it runs there only in container images; it runs without, if left out."}
            }
          },
          "RunnerEngine": {
            "type": "object", "required": ["id", "version"],
            "properties": {
              "id": {"type": "string"}, "version": {"type": "string"},
              "warm_workers": {"type": ["array", "null"], "maxItems": 64, "items": {"$ref": "#/components/schemas/WarmWorker"},
                "description": "Processes that the engine keeps from one job to the next, as the runner last told; absent if it doesn't tell, or is offline."},
              "trouble": {"type": ["object", "null"], "required": ["since", "reason"],
                "description": "Why the runner starts no jobs of it now.",
                "properties": {"since": {"$ref": "#/components/schemas/Time"}, "reason": {"type": "string"},
                  "retry_at": {"anyOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]}}}
            }
          },
          "WarmWorker": {
            "type": "object", "required": ["entrypoint", "state", "jobs_started"],
            "properties": {
              "entrypoint": {"type": "string", "description": "What its jobs run."},
              "state": {"type": "string", "enum": ["starting", "ready", "off"],
                "description": "starting: not there yet, and message says what it waits for. off: given up; jobs start without one, and message says why."},
              "pid": {"type": ["integer", "null"]}, "rss_bytes": {"type": ["integer", "null"]},
              "jobs_started": {"type": "integer", "minimum": 0, "description": "Warm, since the runner was started."},
              "message": {"type": ["string", "null"]},
              "modules": {"type": ["integer", "null"], "minimum": 0, "description": "That a job imports."},
              "modules_warm": {"type": ["integer", "null"], "minimum": 0, "description": "Of those, that it finds imported."},
              "import_seconds": {"type": ["number", "null"], "minimum": 0, "description": "What all those imports take."},
              "import_seconds_warm": {"type": ["number", "null"], "minimum": 0, "description": "Of that, what a job finds done."},
              "left_out": {"type": ["array", "null"], "maxItems": 64, "description": "What a job does not find done, the longest first.",
                "items": {"type": "object", "required": ["module", "why", "seconds"],
                  "properties": {"module": {"type": "string"}, "why": {"type": "string"}, "seconds": {"type": "number", "minimum": 0}}}}
            }
          },
          "Runner": {
            "type": "object",
            "required": ["runner_id", "name", "status", "capabilities", "engines", "version", "registered_at", "last_heartbeat_at", "current_jobs"],
            "properties": {
              "runner_id": {"type": "string"}, "name": {"type": "string"}, "status": {"$ref": "#/components/schemas/RunnerStatus"},
              "capabilities": {"$ref": "#/components/schemas/RunnerCapabilities"},
              "engines": {"type": "array", "items": {"$ref": "#/components/schemas/RunnerEngine"}},
              "version": {"type": "string"}, "protocol_version": {"type": "string", "description": "Of the runner protocol that it speaks."},
              "registered_at": {"$ref": "#/components/schemas/Time"}, "last_heartbeat_at": {"$ref": "#/components/schemas/Time"},
              "current_jobs": {"type": "array", "items": {"type": "string"}},
              "quarantine": {"type": "object", "required": ["since", "reason"],
                "description": "Too many attempts in a row were lost or never started, and resume lifts it; or the runner says that it cannot run jobs now, and it ends with that (ends_by_itself).",
                "properties": {"since": {"$ref": "#/components/schemas/Time"}, "reason": {"type": "string"}, "ends_by_itself": {"type": "boolean"}}},
              "scenarios": {"type": "array", "items": {"$ref": "#/components/schemas/RunnerScenario"}, "description": "Those that batches may name."},
              "bundle_types": {"type": "array", "items": {"type": "string"},
                "description": "The simulation types for which it runs code that comes with a batch."},
              "scenario_only": {"type": "array", "items": {"type": "string"},
                "description": "The supported simulation types that it runs only with a scenario's name or a bundle."},
              "container_engines": {"type": "array", "items": {"type": "string"},
                "description": "The engines whose simulations it runs in container images."}
            },
            "example": {
              "runner_id": "dedf58e8-636b-4b04-a060-33bdfb1c3ba6", "name": "orbit-lab-1", "version": "0.1.0", "protocol_version": "1.5",
              "status": "Busy",
              "capabilities": {"cpu_cores": 2, "gpu_available": false, "max_concurrent_jobs": 2, "memory_gb": 25.3,
                "supported_simulation_types": ["basilisk"]},
              "engines": [{"id": "basilisk", "version": "1.0.0",
                "warm_workers": [{"entrypoint": "/home/lab/orbit.py", "state": "ready", "pid": 4711, "rss_bytes": 91226112,
                  "jobs_started": 412, "modules": 430, "modules_warm": 412, "import_seconds": 1.9, "import_seconds_warm": 1.8,
                  "left_out": [{"module": "tablecache", "why": "it makes memory that copies would share", "seconds": 0.01}]}]}],
              "current_jobs": ["20261123T190236-8f5b7656-0"],
              "registered_at": "2026-11-23T19:01:50.937Z", "last_heartbeat_at": "2026-11-23T19:02:36.658Z"
            }
          },
          "RunnerList": {
            "type": "object", "required": ["runners"],
            "properties": {"runners": {"type": "array", "items": {"$ref": "#/components/schemas/Runner"}},
              "next_cursor": {"$ref": "#/components/schemas/NextCursor"}}
          }
        }
        """#
}
