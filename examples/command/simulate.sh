#!/bin/sh
# Stands in for a simulator of your own: a ball falls with drag until it lands. It knows nothing of the runner.
#
#   simulate.sh INPUT      reads `name = value` lines, prints telemetry as JSON lines, and writes result.json
awk -F ' = ' '
    { value[$1] = $2 }
    END {
        height = value["height_m"]; drag = value["drag_per_m"]; step = 0.01
        for (i = 0; height > 0; i++) {
            if (i % 10 == 0) { printf "{\"time\": %.2f, \"height_m\": %.4f, \"speed_m_s\": %.4f}\n", i * step, height, speed; fflush() }
            speed += (9.80665 - drag * speed * speed) * step
            height -= speed * step
        }
        printf "{\"fall_time_s\": %.4f, \"impact\": {\"speed_m_s\": %.4f}}\n", i * step, speed > "result.json"
    }' "$1"
