"""One flight of a sounding rocket with RocketPy: it reads a JSON file, and writes another."""

import json
import sys

from rocketpy import Environment, Flight, GenericMotor, Rocket

with open(sys.argv[1]) as file:
    run = json.load(file)["parameters"]

air = Environment(latitude=39.39, longitude=-8.29, elevation=113)
air.set_atmospheric_model(type="custom_atmosphere", wind_u=run["wind_east_m_s"], wind_v=run["wind_north_m_s"])

motor = GenericMotor(
    thrust_source=run["impulse_n_s"] / 3.9,
    burn_time=3.9,
    chamber_radius=0.033,
    chamber_height=0.33,
    chamber_position=0.4,
    propellant_initial_mass=2.956,
    nozzle_radius=0.033,
    dry_mass=1.815,
    center_of_dry_mass_position=0.317,
    dry_inertia=(0.125, 0.125, 0.002),
)

rocket = Rocket(
    radius=0.0635,
    mass=run["mass_kg"],
    inertia=(6.321, 6.321, 0.034),
    power_off_drag=run["drag_coefficient"],
    power_on_drag=run["drag_coefficient"],
    center_of_mass_without_motor=0,
    coordinate_system_orientation="tail_to_nose",
)
rocket.add_motor(motor, position=-1.255)
rocket.add_nose(length=0.55829, kind="vonKarman", position=1.278)
rocket.add_trapezoidal_fins(n=4, root_chord=0.12, tip_chord=0.06, span=0.11, position=-1.04956)
rocket.add_parachute(
    "main", cd_s=run["parachute_cd_s_m2"], trigger="apogee", sampling_rate=105, lag=run["parachute_lag_s"]
)

flight = Flight(
    rocket=rocket,
    environment=air,
    rail_length=5.2,
    inclination=run["inclination_deg"],
    heading=run["heading_deg"],
    max_time=1200,
)

with open("flight.json", "w") as file:
    json.dump(
        {
            "apogee_m": float(flight.apogee - air.elevation),
            "landing_east_m": float(flight.x_impact),
            "landing_north_m": float(flight.y_impact),
            "landing_speed_m_s": float(-flight.impact_velocity),
            "out_of_rail_speed_m_s": float(flight.out_of_rail_velocity),
        },
        file,
    )
