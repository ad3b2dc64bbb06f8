// A shell with quadratic drag over flat ground in a steady headwind; it knows nothing of the runner.
//
//   shell SPEED_M_S ELEVATION_DEG DRAG_PER_M HEADWIND_M_S
#include <cmath>
#include <cstdio>
#include <cstdlib>

int main(int count, char **given) {
    if (count != 5) return 64;
    const double speed = std::atof(given[1]), elevation = std::atof(given[2]) * M_PI / 180, drag = std::atof(given[3]), wind = std::atof(given[4]);
    const double step = 0.001, gravity = 9.80665;
    double t = 0, x = 0, y = 0, vx = speed * std::cos(elevation), vy = speed * std::sin(elevation), apex = 0;
    for (long i = 0; y >= 0; i++, t += step) {
        if (i % 100 == 0) std::printf("{\"time\": %.3f, \"altitude_m\": %.3f, \"range_m\": %.3f}\n", t, y, x), std::fflush(stdout);
        const double airspeed = std::hypot(vx + wind, vy);
        vx -= drag * airspeed * (vx + wind) * step;
        vy -= (gravity + drag * airspeed * vy) * step;
        x += vx * step;
        y += vy * step;
        if (y > apex) apex = y;
    }
    std::printf("range = %.3f m\napex = %.3f m\nflight time = %.3f s\nimpact speed = %.3f m/s\n", x, apex, t, std::hypot(vx, vy));
}
