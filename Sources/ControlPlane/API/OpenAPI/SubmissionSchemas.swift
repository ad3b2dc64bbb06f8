extension OpenAPIDocument {
    /// The body of `POST /jobs`.
    static let submissionSchemas = #"""
        {
          "BatchSubmission": {
            "type": "object", "additionalProperties": false, "required": ["name", "config"],
            "properties": {
              "name": {"$ref": "#/components/schemas/Line"},
              "runs_override": {"type": ["integer", "null"], "minimum": 1, "maximum": 1000000, "description": "Goes before config.monte_carlo.runs."},
              "config": {
                "type": "object", "additionalProperties": false, "required": ["simulation", "monte_carlo"],
                "properties": {
                  "simulation": {"$ref": "#/components/schemas/SimulationSubmission"},
                  "monte_carlo": {"$ref": "#/components/schemas/MonteCarlo"},
                  "dispersions": {"type": ["object", "null"], "description": "By the parameter's name.", "additionalProperties": {"$ref": "#/components/schemas/Dispersion"}},
                  "compute": {"$ref": "#/components/schemas/Compute"},
                  "early_termination": {"$ref": "#/components/schemas/EarlyTerminationSubmission"},
                  "telemetry": {"$ref": "#/components/schemas/TelemetrySubmission"}
                }
              }
            }
          },
          "Line": {"type": "string", "minLength": 1, "maxLength": 200, "description": "One line, not blank, without control characters."},
          "SimulationSubmission": {
            "type": "object", "additionalProperties": false, "required": ["name"],
            "properties": {
              "name": {"$ref": "#/components/schemas/Line"},
              "version": {"type": ["string", "number", "null"], "default": "1.0"},
              "type": {"type": ["string", "null"], "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$", "default": "basilisk", "description": "The engine that runs it, or a tag in a runner's capabilities."},
              "duration_minutes": {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 527040}
            }
          },
          "MonteCarlo": {
            "type": "object", "additionalProperties": false, "required": ["runs"],
            "properties": {
              "runs": {"type": "integer", "minimum": 1, "maximum": 1000000},
              "sampling_method": {"type": ["string", "null"], "enum": ["latin_hypercube", "monte_carlo", "random", "sobol", null], "default": "latin_hypercube"},
              "seed": {"type": ["integer", "null"], "minimum": 0, "maximum": 18446744073709551615, "description": "Drawn at submission if left out."}
            }
          },
          "Dispersion": {
            "type": "object", "additionalProperties": false, "required": ["distribution"],
            "properties": {
              "units": {"type": ["string", "null"]},
              "distribution": {
                "oneOf": [
                  {"type": "object", "additionalProperties": false, "required": ["type", "min", "max"], "properties": {"type": {"const": "uniform"}, "min": {"type": "number"}, "max": {"type": "number"}}},
                  {"type": "object", "additionalProperties": false, "required": ["type", "mean", "std_dev"], "properties": {"type": {"const": "normal"}, "mean": {"type": "number"}, "std_dev": {"type": "number", "exclusiveMinimum": 0}}},
                  {"type": "object", "additionalProperties": false, "required": ["type", "mean", "std_dev", "min", "max"], "properties": {"type": {"const": "truncated_normal"}, "mean": {"type": "number"}, "std_dev": {"type": "number", "exclusiveMinimum": 0}, "min": {"type": "number"}, "max": {"type": "number"}}},
                  {"type": "object", "additionalProperties": false, "required": ["type", "mu", "sigma"], "properties": {"type": {"const": "lognormal"}, "mu": {"type": "number"}, "sigma": {"type": "number", "exclusiveMinimum": 0}}},
                  {"type": "object", "additionalProperties": false, "required": ["type", "min", "mode", "max"], "properties": {"type": {"const": "triangular"}, "min": {"type": "number"}, "mode": {"type": "number"}, "max": {"type": "number"}}},
                  {"type": "object", "additionalProperties": false, "required": ["type", "rate"], "properties": {"type": {"const": "exponential"}, "rate": {"type": "number", "exclusiveMinimum": 0}}},
                  {"type": "object", "additionalProperties": false, "required": ["type", "shape", "scale"], "properties": {"type": {"const": "weibull"}, "shape": {"type": "number", "exclusiveMinimum": 0}, "scale": {"type": "number", "exclusiveMinimum": 0}}},
                  {"type": "object", "additionalProperties": false, "required": ["type", "alpha", "beta"], "properties": {"type": {"const": "beta"}, "alpha": {"type": "number", "exclusiveMinimum": 0}, "beta": {"type": "number", "exclusiveMinimum": 0}, "min": {"type": ["number", "null"]}, "max": {"type": ["number", "null"]}}},
                  {"type": "object", "additionalProperties": false, "required": ["type", "values"], "properties": {"type": {"const": "discrete"}, "values": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/ParameterValue"}}, "weights": {"type": ["array", "null"], "items": {"type": "number", "minimum": 0}}}},
                  {"type": "object", "additionalProperties": false, "required": ["type", "value"], "properties": {"type": {"const": "constant"}, "value": {"$ref": "#/components/schemas/ParameterValue"}}}
                ]
              }
            }
          },
          "ParameterValue": {"type": ["number", "string", "boolean"]},
          "Compute": {
            "type": ["object", "null"], "additionalProperties": false,
            "properties": {
              "container": {"type": ["object", "null"], "additionalProperties": false, "properties": {"image": {"type": ["string", "null"]}, "cpu_request": {"type": ["string", "number", "null"], "minimum": 0, "pattern": "^([0-9]+\\.?[0-9]*|\\.[0-9]+)m?$"}, "memory_request": {"type": ["string", "number", "null"], "minimum": 0, "pattern": "^([0-9]+\\.?[0-9]*|\\.[0-9]+)([kKMGTP]|[KMGTP]i)?B?$"}}},
              "max_parallel_jobs": {"type": ["integer", "null"], "minimum": 1, "maximum": 1000000},
              "job_timeout_seconds": {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 31622400, "default": 3600},
              "max_retries": {"type": ["integer", "null"], "minimum": 0, "maximum": 1000, "default": 0},
              "gpu": {"type": ["boolean", "null"], "default": false, "description": "Only runners with a GPU may take the jobs."}
            }
          },
          "EarlyTerminationSubmission": {
            "type": ["object", "null"], "additionalProperties": false,
            "properties": {
              "enabled": {"type": ["boolean", "null"], "default": false},
              "check_frequency_hz": {"type": ["number", "null"], "minimum": 0, "maximum": 1000000, "default": 0},
              "conditions": {
                "type": ["array", "null"],
                "items": {
                  "type": "object", "additionalProperties": false, "required": ["name", "variable", "operator", "threshold"],
                  "properties": {
                    "name": {"$ref": "#/components/schemas/Line"}, "description": {"type": ["string", "null"]}, "variable": {"$ref": "#/components/schemas/Line"},
                    "operator": {"$ref": "#/components/schemas/Operator"}, "threshold": {"type": "number"}, "units": {"type": ["string", "null"]}
                  }
                }
              }
            }
          },
          "Operator": {"type": "string", "enum": ["lt", "lte", "gt", "gte", "eq", "neq"]},
          "TelemetrySubmission": {
            "type": ["object", "null"], "additionalProperties": false,
            "properties": {
              "sampling_rate_hz": {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 1000000},
              "variables": {"type": ["array", "null"], "items": {"$ref": "#/components/schemas/Line"}},
              "storage": {"type": ["object", "null"], "additionalProperties": false, "properties": {"s3_bucket": {"type": ["string", "null"], "minLength": 3, "maxLength": 63}, "s3_prefix": {"type": ["string", "null"], "maxLength": 512}, "compression": {"type": ["string", "null"]}, "retain_days": {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 36600}}},
              "buffer_flush_interval_seconds": {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 86400}
            }
          }
        }
        """#
}
