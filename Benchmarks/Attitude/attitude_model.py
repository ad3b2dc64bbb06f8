"""A spacecraft that three reaction wheels turn to an inertial attitude: the system of Basilisk's Monte Carlo example.

Written anew on Basilisk's API, so that the same physics runs as a scenario and under `MonteCarlo.Controller`.
"""

from __future__ import annotations

from Basilisk.architecture import messaging
from Basilisk.fswAlgorithms import attTrackingError, inertial3D, mrpFeedback, rwMotorTorque, rwMotorVoltage
from Basilisk.simulation import motorVoltageInterface, reactionWheelStateEffector, simpleNav, spacecraft
from Basilisk.utilities import (
    SimulationBaseClass,
    fswSetupRW,
    macros,
    orbitalMotion,
    simHelpers,
    simIncludeGravBody,
    simIncludeRW,
)

STEP_S = 0.1
DURATION_MIN = 10.0
SAMPLES = 500
TASK = "simulation"
GUIDANCE, TORQUE, SPEED = "guidance", "torque", "speed"
INERTIA_KG_M2 = [900.0, 0.0, 0.0, 0.0, 800.0, 0.0, 0.0, 0.0, 600.0]
WHEEL_SPEEDS_RPM = (100.0, 200.0, 300.0)


def create() -> SimulationBaseClass.SimBaseClass:
    sim = SimulationBaseClass.SimBaseClass()
    sim.CreateNewProcess("dynamics").addTask(sim.CreateNewTask(TASK, macros.sec2nano(STEP_S)))

    sim.craft = spacecraft.Spacecraft()
    sim.craft.ModelTag = "craft"
    sim.craft.hub.mHub = 750.0
    sim.craft.hub.r_BcB_B = [[0.0], [0.0], [0.0]]
    sim.hubref = sim.craft.hub
    sim.craft.hub.IHubPntBc_B = simHelpers.np2EigenMatrix3d(INERTIA_KG_M2)
    sim.AddModelToTask(TASK, sim.craft, 1)
    sim.voltage = motorVoltageInterface.MotorVoltageInterface()
    sim.voltage.setGains([0.02] * 3)
    sim.AddModelToTask(TASK, sim.voltage)
    sim.gravity = simIncludeGravBody.gravBodyFactory()
    earth = sim.gravity.createEarth()
    earth.isCentralBody = True
    sim.gravity.addBodiesTo(sim.craft)

    sim.wheels = simIncludeRW.rwFactory()
    for axis, speed_rpm in zip(([1, 0, 0], [0, 1, 0], [0, 0, 1]), WHEEL_SPEEDS_RPM, strict=True):
        sim.wheels.create("Honeywell_HR16", axis, maxMomentum=50.0, Omega=speed_rpm, RWModel=messaging.BalancedWheels)
    sim.effector = reactionWheelStateEffector.ReactionWheelStateEffector()
    sim.wheels.addToSpacecraft("wheels", sim.effector, sim.craft)
    sim.effector.rwMotorCmdInMsg.subscribeTo(sim.voltage.motorTorqueOutMsg)
    sim.AddModelToTask(TASK, sim.effector, 2)

    sim.navigation = simpleNav.SimpleNav()
    sim.navigation.scStateInMsg.subscribeTo(sim.craft.scStateOutMsg)
    sim.AddModelToTask(TASK, sim.navigation)
    control(sim)

    elements = orbitalMotion.ClassicElements()
    elements.a, elements.e, elements.i = 10_000_000.0, 0.01, 33.3 * macros.D2R
    elements.Omega, elements.omega, elements.f = 48.2 * macros.D2R, 347.8 * macros.D2R, 85.3 * macros.D2R
    sim.craft.hub.r_CN_NInit, sim.craft.hub.v_CN_NInit = orbitalMotion.elem2rv(earth.mu, elements)
    sim.craft.hub.sigma_BNInit = [[0.1], [0.2], [-0.3]]
    sim.craft.hub.omega_BN_BInit = [[0.001], [-0.01], [0.03]]

    every = macros.min2nano(DURATION_MIN) // (SAMPLES - 1)
    sim.msgRecList = {
        GUIDANCE: sim.error.attGuidOutMsg.recorder(every),
        TORQUE: sim.torque.rwMotorTorqueOutMsg.recorder(every),
        SPEED: sim.effector.rwSpeedOutMsg.recorder(every),
    }
    for recorder in sim.msgRecList.values():
        sim.AddModelToTask(TASK, recorder)
    return sim


def control(sim: SimulationBaseClass.SimBaseClass) -> None:
    """The flight software: an inertial reference, MRP feedback, and what drives the wheels."""
    sim.configuration = messaging.VehicleConfigMsg().write(messaging.VehicleConfigMsgPayload(ISCPntB_B=INERTIA_KG_M2))
    fswSetupRW.clearSetup()
    for wheel in sim.wheels.rwList.values():
        fswSetupRW.create(simHelpers.EigenVector3d2np(wheel.gsHat_B), wheel.Js, 0.2)
    sim.wheel_configuration = fswSetupRW.writeConfigMessage()

    sim.reference = inertial3D.inertial3D()
    sim.reference.sigma_R0N = [0.0, 0.0, 0.0]
    sim.error = attTrackingError.attTrackingError()
    sim.error.attRefInMsg.subscribeTo(sim.reference.attRefOutMsg)
    sim.error.attNavInMsg.subscribeTo(sim.navigation.attOutMsg)
    sim.feedback = mrpFeedback.mrpFeedback()
    sim.feedback.guidInMsg.subscribeTo(sim.error.attGuidOutMsg)
    sim.feedback.vehConfigInMsg.subscribeTo(sim.configuration)
    sim.feedback.rwParamsInMsg.subscribeTo(sim.wheel_configuration)
    sim.feedback.rwSpeedsInMsg.subscribeTo(sim.effector.rwSpeedOutMsg)
    sim.feedback.K, sim.feedback.Ki, sim.feedback.P = 3.5, -1.0, 30.0
    sim.feedback.integralLimit = -0.2
    sim.torque = rwMotorTorque.rwMotorTorque()
    sim.torque.vehControlInMsg.subscribeTo(sim.feedback.cmdTorqueOutMsg)
    sim.torque.rwParamsInMsg.subscribeTo(sim.wheel_configuration)
    sim.torque.controlAxes_B = [1, 0, 0, 0, 1, 0, 0, 0, 1]
    sim.drive = rwMotorVoltage.rwMotorVoltage()
    sim.drive.torqueInMsg.subscribeTo(sim.torque.rwMotorTorqueOutMsg)
    sim.drive.rwParamsInMsg.subscribeTo(sim.wheel_configuration)
    sim.drive.VMin, sim.drive.VMax = 0.0, 10.0
    sim.voltage.motorVoltageInMsg.subscribeTo(sim.drive.voltageOutMsg)
    for model in (sim.reference, sim.error, sim.feedback, sim.torque, sim.drive):
        sim.AddModelToTask(TASK, model)


def execute(sim: SimulationBaseClass.SimBaseClass) -> None:
    sim.InitializeSimulation()
    sim.ConfigureStopTime(macros.min2nano(DURATION_MIN))
    sim.ExecuteSimulation()
