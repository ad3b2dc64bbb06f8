"""A stand-in for `px4` in SITL: it keeps PX4's contract with whoever starts it, and flies up and down.

Flags, exit codes, lock and socket files, ports, partners, parameters, signals and the log are as PX4 v1.17 has them;
the vehicle is a point on a vertical line. Beside the parameters of PX4 that it knows it has some of its own, by which a
flight can be asked to go wrong:

    SIM_FAULT_BOOT   1: hangs in its start. 2: never becomes ready to arm
    SIM_FAULT_DIE    simulated seconds after which it ends by SIGKILL; 0: never
    SIM_FAULT_EXIT   simulated seconds after which it exits with status 0; 0: never
    SIM_FAULT_GCS    1: a ground station on UDP port 14550 has the ground link from the start
    SIM_FAULT_LINK   simulated seconds after which it sends nothing any more; 0: never
    SIM_FAULT_LOG    1: writes no log
    SIM_FAULT_PARAM  cannot be set: always 0
    SIM_FAULT_SENS   a bit of MAV_SYS_STATUS_SENSOR: the sensor that is lost at arming
    SIM_FAULT_SLOW   part of the speed factor that is reached: 0.5 is half as fast; 0: all of it
    SIM_FAULT_STILL  simulated seconds after which its reports stop, while it still answers; 0: never
    SIM_FAULT_TOUT   simulated seconds in the air after which it logs that a sensor timed out; 0: never
    SIM_FAULT_CLIMB  1: climbs on and on where it should hover
"""
