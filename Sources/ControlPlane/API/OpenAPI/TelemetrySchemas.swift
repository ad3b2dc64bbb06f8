extension OpenAPIDocument {
    static let telemetrySchemas = #"""
        {
          "TelemetryPosition": {
            "type": "object", "required": ["first_point", "step"],
            "properties": {
              "first_point": {"type": "integer", "minimum": 0,
                "description": "The number of the first point within the run; a multiple of the step."},
              "step": {"type": "integer", "minimum": 1, "description": "A power of 2."}
            }
          },
          "JobTelemetry": {
            "type": "object", "required": ["job_id", "attempt", "complete", "variables"],
            "properties": {
              "job_id": {"type": "string"}, "attempt": {"type": "integer", "description": "0 if there was none."},
              "complete": {"type": "boolean", "description": "Nothing more comes."},
              "variables": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/VariableTelemetry"}}
            }
          },
          "TelemetryVariables": {
            "type": "object", "required": ["variables"],
            "properties": {
              "variables": {
                "type": "array",
                "items": {"type": "object", "required": ["name", "units"], "properties": {"name": {"type": "string"}, "units": {"type": "string"}}}
              }
            }
          },
          "TelemetryBands": {
            "type": "object",
            "required": ["batch_id", "variable", "units", "runs", "quantile_runs", "read_runs", "ended_runs", "total_runs", "complete",
              "time_s", "count", "probabilities", "quantiles", "lines", "breaches", "breaches_total"],
            "properties": {
              "batch_id": {"type": "string"}, "variable": {"type": "string"}, "units": {"type": "string"},
              "from": {"type": "number", "description": "Simulated seconds, as `to`; absent while no run has given the variable."},
              "to": {"type": "number"},
              "runs": {"type": "integer", "description": "Runs that gave the variable, of those read."},
              "quantile_runs": {"type": "integer", "description": "Of how many of these the quantiles are: every second, fourth, … of very many."},
              "read_runs": {"type": "integer"}, "ended_runs": {"type": "integer"}, "total_runs": {"type": "integer"},
              "complete": {"type": "boolean",
                "description": "Whether all runs that have ended were read; if not, the same call goes on with the others."},
              "time_s": {"type": "array", "items": {"type": "number"}},
              "count": {"type": "array", "items": {"type": "integer"}, "description": "How many runs have a value at each time."},
              "probabilities": {"type": "array", "items": {"type": "number"},
                "description": "0 and 1 stand for the least and the greatest of all points, between the times too."},
              "quantiles": {"type": "array", "items": {"type": "array", "items": {"type": ["number", "null"]}},
                "description": "For each probability a value for each time; null where no run has one."},
              "lines": {
                "type": "array", "description": "The runs asked for.",
                "items": {
                  "type": "object", "required": ["run", "time_s", "values"],
                  "properties": {"run": {"type": "integer"}, "time_s": {"type": "array", "items": {"type": "number"}},
                    "values": {"type": "array", "items": {"type": "number"}}}
                }
              },
              "breaches": {
                "type": "array", "description": "Runs that a stopping condition killed within the span; the first thousand that ended.",
                "items": {
                  "type": "object", "required": ["run", "time_s", "condition"],
                  "properties": {
                    "run": {"type": "integer"}, "time_s": {"type": "number"},
                    "value": {"type": "number", "description": "The variable's latest then."},
                    "condition": {"type": "string"}
                  }
                }
              },
              "breaches_total": {"type": "integer"}
            }
          },
          "VariableTelemetry": {
            "type": "object", "required": ["units", "points", "time_s", "values"],
            "properties": {
              "units": {"type": "string"}, "count": {"type": "integer",
                "description": "Of all samples, as the next four; absent while the job runs."},
              "first": {"type": "number"}, "last": {"type": "number"}, "min": {"type": "number"}, "max": {"type": "number"},
              "points": {"type": "integer", "description": "How many are stored in the span asked for."},
              "time_s": {"type": "array", "items": {"type": "number"}, "description": "Simulated seconds, one for each value."},
              "values": {"type": "array", "items": {"type": "number"}}
            }
          }
        }
        """#
}
