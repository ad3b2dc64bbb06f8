extension OpenAPIDocument {
    static let verdictSchemas = #"""
        {
          "RequirementList": {
            "type": "object", "additionalProperties": false, "required": ["requirements"],
            "properties": {"requirements": {"type": "array", "items": {"$ref": "#/components/schemas/Requirement"}}}
          },
          "ExtensionRequest": {
            "type": "object", "additionalProperties": false, "required": ["runs"],
            "properties": {"runs": {"type": "integer", "minimum": 1, "maximum": 1000000, "description": "How many runs there are to be more."}}
          },
          "AppendRequest": {
            "type": "object", "additionalProperties": false, "required": ["first_run", "rows"],
            "properties": {
              "first_run": {"type": "integer", "minimum": 0, "maximum": 1000000,
                "description": "The run index of the first row: the number of runs that the batch has."},
              "rows": {"type": "array", "minItems": 1, "items": {"type": "array"},
                "description": "For each run its values, in the order of the table's columns."}
            }
          },
          "RareEventEstimate": {
            "type": "object", "required": ["batch_id", "state", "limit_state", "low", "high", "confidence", "levels", "runs", "missing",
              "failed_runs", "explanation"],
            "properties": {
              "batch_id": {"type": "string"}, "state": {"type": "string", "enum": ["running", "finished", "stalled", "at_limit", "broken"]},
              "limit_state": {"type": "string", "description": "Which runs fail."},
              "probability": {"type": "number", "description": "Of failure; absent until the simulation is finished, and where no run failed."},
              "coefficient_of_variation": {"type": "number", "description": "Of the probability."},
              "low": {"type": "number"}, "high": {"type": "number",
                "description": "An interval of the probability; until the simulation is finished, from 0 to that of the last complete level."},
              "confidence": {"type": "number", "description": "Of the interval."},
              "probability_if_missing_fail": {"type": "number", "description": "If all runs without a value failed; absent if all have one."},
              "levels": {"type": "array", "items": {"type": "object"}},
              "runs": {"$ref": "#/components/schemas/Count"},
              "missing": {"type": "integer", "minimum": 0, "description": "Runs without a value of the output, which are taken as not failing."},
              "failed_runs": {"type": "array", "items": {"$ref": "#/components/schemas/Count"}, "description": "The first of them."},
              "explanation": {"type": "string"}
            }
          },
          "StudyVerdicts": {
            "type": "object", "required": ["batch_id", "total_runs", "ended_runs", "verdicts"],
            "properties": {
              "batch_id": {"type": "string"}, "total_runs": {"$ref": "#/components/schemas/Count"},
              "ended_runs": {"$ref": "#/components/schemas/Count"},
              "verdicts": {"type": "array", "items": {"$ref": "#/components/schemas/RequirementVerdict"}},
              "stop_reason": {"type": "string", "description": "Why the batch ended before all its runs were done."},
              "rare_event": {"$ref": "#/components/schemas/RareEventEstimate"}
            }
          },
          "RequirementVerdict": {
            "type": "object",
            "required": ["name", "statement", "probability", "confidence", "verdict", "runs", "failures", "missing", "lower_bound",
              "upper_bound", "first_failures", "rule", "is_approximate", "explanation"],
            "properties": {
              "name": {"type": "string"}, "statement": {"type": "string", "description": "What a run must do."},
              "output": {"type": "string"}, "threshold": {"type": "number"},
              "probability": {"type": "number"}, "confidence": {"type": "number"},
              "verdict": {"type": "string", "enum": ["MET", "NOT MET", "UNDECIDED"]},
              "runs": {"$ref": "#/components/schemas/Count"}, "failures": {"$ref": "#/components/schemas/Count"},
              "missing": {"type": "integer", "minimum": 0, "description": "Runs without an answer: failures for MET, passes for NOT MET."},
              "lower_bound": {"type": "number", "description": "Of the share of all runs that pass, one-sided at the confidence."},
              "upper_bound": {"type": "number"},
              "runs_still_needed": {"type": "integer", "minimum": 0, "description": "Further runs without a failure that would decide it."},
              "first_failures": {"type": "array", "items": {"$ref": "#/components/schemas/Count"}},
              "rule": {"type": "string"}, "is_approximate": {"type": "boolean", "description": "The runs are no independent draws."},
              "explanation": {"type": "string"}
            }
          },
          "Estimate": {"type": "object", "properties": {"value": {"type": "number"}, "low": {"type": "number"}, "high": {"type": "number"}}},
          "StudyStatistics": {
            "type": "object", "required": ["batch_id", "total_runs", "ended_runs", "outputs"],
            "properties": {
              "batch_id": {"type": "string"}, "total_runs": {"$ref": "#/components/schemas/Count"},
              "ended_runs": {"$ref": "#/components/schemas/Count"},
              "outputs": {"type": "array", "items": {"type": "object"}},
              "breach": {"type": "object", "description": "The probability of a breach against simulated time; absent if there was none."},
              "ellipses": {"type": "array", "items": {"$ref": "#/components/schemas/OutputEllipses"},
                "description": "Of the pairs asked for; absent if none were."}
            }
          },
          "OutputEllipses": {
            "type": "object", "required": ["x", "y", "x_units", "y_units", "count", "missing", "ellipses", "points_x", "points_y"],
            "properties": {
              "x": {"type": "string"}, "y": {"type": "string"}, "x_units": {"type": "string"}, "y_units": {"type": "string"},
              "count": {"$ref": "#/components/schemas/Count"}, "missing": {"$ref": "#/components/schemas/Count"},
              "centre_x": {"type": "number"}, "centre_y": {"type": "number"}, "correlation": {"type": "number"},
              "angle_rad": {"type": "number", "description": "Of the major axis, from the axis of x towards that of y."},
              "ellipses": {
                "type": "array", "description": "At 1, 2 and 3 sigma; empty where fewer than three runs gave both, or where these lie on a line.",
                "items": {
                  "type": "object", "required": ["sigmas", "semi_major", "semi_minor", "normal_share", "share", "distance"],
                  "properties": {
                    "sigmas": {"type": "number"}, "semi_major": {"type": "number"}, "semi_minor": {"type": "number"},
                    "normal_share": {"type": "number", "description": "The share of a bivariate normal distribution inside."},
                    "share": {"$ref": "#/components/schemas/Estimate"}, "distance": {"$ref": "#/components/schemas/Estimate"}
                  }
                }
              },
              "points_x": {"type": "array", "items": {"type": "number"}}, "points_y": {"type": "array", "items": {"type": "number"}}
            }
          },
          "SobolAnalysis": {
            "type": "object", "required": ["blocks", "incomplete_blocks", "unfinished_blocks", "parameters", "interactions"],
            "properties": {
              "blocks": {"$ref": "#/components/schemas/Count"},
              "incomplete_blocks": {"type": "integer", "minimum": 0, "description": "Left out, with a run that ended without the output."},
              "unfinished_blocks": {"type": "integer", "minimum": 0, "description": "Left out, with runs that have not ended or were cancelled."},
              "parameters": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["parameter", "first_order", "total_order"],
                  "properties": {
                    "parameter": {"type": "string"}, "first_order": {"$ref": "#/components/schemas/Estimate"},
                    "total_order": {"$ref": "#/components/schemas/Estimate"}
                  }
                }
              },
              "interactions": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["parameters", "second_order"],
                  "properties": {
                    "parameters": {"type": "array", "items": {"type": "string"}}, "second_order": {"$ref": "#/components/schemas/Estimate"}
                  }
                }
              }
            }
          },
          "StudyDrivers": {
            "type": "object", "required": ["batch_id", "drivers"],
            "properties": {
              "batch_id": {"type": "string"},
              "drivers": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["output", "runs", "missing", "drivers"],
                  "properties": {
                    "output": {"type": "string"}, "runs": {"$ref": "#/components/schemas/Count"}, "missing": {"$ref": "#/components/schemas/Count"},
                    "r_squared": {"type": "number"}, "drivers": {"type": "array", "items": {"type": "object"}},
                    "sobol": {"$ref": "#/components/schemas/SobolAnalysis"}
                  }
                }
              },
              "separators": {"type": "object", "description": "What tells failed runs from others; absent if all passed, or all failed."}
            }
          },
          "StudyComparison": {
            "type": "object", "required": ["first_batch_id", "second_batch_id", "is_paired", "pairs", "requirements", "outputs"],
            "properties": {
              "first_batch_id": {"type": "string"}, "second_batch_id": {"type": "string"}, "is_paired": {"type": "boolean"},
              "unpaired_reason": {"type": "string"}, "pairs": {"$ref": "#/components/schemas/Count"},
              "requirements": {"type": "array", "items": {"type": "object"}}, "outputs": {"type": "array", "items": {"type": "object"}},
              "code": {"$ref": "#/components/schemas/CodeComparison"}
            }
          },
          "CodeComparison": {
            "type": "object", "required": ["differences", "first_unknown", "second_unknown"],
            "properties": {
              "differences": {
                "type": "array", "description": "What was not the same in all runs of both.",
                "items": {
                  "type": "object", "required": ["part", "first", "second"],
                  "properties": {
                    "part": {"type": "string"},
                    "first": {"type": "array", "items": {"$ref": "#/components/schemas/CodeValue"}},
                    "second": {"type": "array", "items": {"$ref": "#/components/schemas/CodeValue"}}
                  }
                }
              },
              "first_unknown": {"type": "integer", "minimum": 0, "description": "Runs whose runner did not tell."},
              "second_unknown": {"$ref": "#/components/schemas/Count"}
            }
          },
          "CodeValue": {
            "type": "object", "required": ["value", "runs"],
            "properties": {"value": {"type": "string", "description": "A version, or a SHA-256."}, "runs": {"$ref": "#/components/schemas/Count"}}
          },
          "RunOutput": {
            "type": "object", "required": ["name", "units"],
            "properties": {
              "name": {"type": "string"}, "value": {"type": "number"}, "units": {"type": "string"},
              "note": {"type": "string", "description": "Why there is no value."}
            }
          }
        }
        """#
}
