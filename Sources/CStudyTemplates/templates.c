#include "study_templates.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char run_sh[] = {
#embed "../../examples/run.sh"
};
static const char command_study_yaml[] = {
#embed "../../examples/command/study.yaml"
};
static const char command_runner_yaml[] = {
#embed "../../examples/command/runner.yaml"
};
static const char command_simulate_sh[] = {
#embed "../../examples/command/simulate.sh"
};
static const char command_input_txt[] = {
#embed "../../examples/command/input.txt"
};
static const char python_study_yaml[] = {
#embed "../../examples/python/study.yaml"
};
static const char python_runner_yaml[] = {
#embed "../../examples/python/runner.yaml"
};
static const char python_simulation_py[] = {
#embed "../../examples/python/simulation.py"
};
static const char basilisk_study_yaml[] = {
#embed "../../examples/basilisk/study.yaml"
};
static const char basilisk_runner_yaml[] = {
#embed "../../examples/basilisk/runner.yaml"
};
static const char basilisk_scenario_py[] = {
#embed "../../examples/basilisk/scenario.py"
};
static const char basilisk_requirements_txt[] = {
#embed "../../examples/basilisk/requirements.txt"
};
static const char cpp_study_yaml[] = {
#embed "../../examples/cpp/study.yaml"
};
static const char cpp_runner_yaml[] = {
#embed "../../examples/cpp/runner.yaml"
};
static const char cpp_shell_cpp[] = {
#embed "../../examples/cpp/shell.cpp"
};
static const char cpp_Makefile[] = {
#embed "../../examples/cpp/Makefile"
};
static const char fmu_study_yaml[] = {
#embed "../../examples/fmu/study.yaml"
};
static const char fmu_runner_yaml[] = {
#embed "../../examples/fmu/runner.yaml"
};
static const char fmu_oscillator_py[] = {
#embed "../../examples/fmu/oscillator.py"
};
static const char fmu_Makefile[] = {
#embed "../../examples/fmu/Makefile"
};
static const char fmu_requirements_txt[] = {
#embed "../../examples/fmu/requirements.txt"
};
static const char jsbsim_study_yaml[] = {
#embed "../../examples/jsbsim/study.yaml"
};
static const char jsbsim_runner_yaml[] = {
#embed "../../examples/jsbsim/runner.yaml"
};
static const char jsbsim_approach_xml[] = {
#embed "../../examples/jsbsim/approach.xml"
};
static const char jsbsim_Makefile[] = {
#embed "../../examples/jsbsim/Makefile"
};
static const char jsbsim_requirements_txt[] = {
#embed "../../examples/jsbsim/requirements.txt"
};
static const char rocketpy_study_yaml[] = {
#embed "../../examples/rocketpy/study.yaml"
};
static const char rocketpy_runner_yaml[] = {
#embed "../../examples/rocketpy/runner.yaml"
};
static const char rocketpy_flight_py[] = {
#embed "../../examples/rocketpy/flight.py"
};
static const char rocketpy_requirements_txt[] = {
#embed "../../examples/rocketpy/requirements.txt"
};
static const char px4_study_yaml[] = {
#embed "../../examples/px4/study.yaml"
};
static const char px4_runner_yaml[] = {
#embed "../../examples/px4/runner.yaml"
};
static const char px4_mission_py[] = {
#embed "../../examples/px4/mission.py"
};
static const char px4_px4_vehicle_py[] = {
#embed "../../examples/px4/px4_vehicle.py"
};
static const char px4_requirements_txt[] = {
#embed "../../examples/px4/requirements.txt"
};

static const char engine_common_job_json[] = {
#embed "../../examples/engine/common/job.json"
};
static const char engine_common_simulator_py[] = {
#embed "../../examples/engine/common/simulator.py"
};
static const char engine_common_study_yaml[] = {
#embed "../../examples/engine/common/study.yaml"
};
static const char engine_common_runner_yaml[] = {
#embed "../../examples/engine/common/runner.yaml"
};
static const char engine_c_engine_c[] = {
#embed "../../examples/engine/c/engine.c"
};
static const char engine_c_Makefile[] = {
#embed "../../examples/engine/c/Makefile"
};
static const char engine_cpp_engine_cpp[] = {
#embed "../../examples/engine/cpp/engine.cpp"
};
static const char engine_cpp_Makefile[] = {
#embed "../../examples/engine/cpp/Makefile"
};
static const char engine_rust_Cargo_toml[] = {
#embed "../../examples/engine/rust/Cargo.toml"
};
static const char engine_rust_Makefile[] = {
#embed "../../examples/engine/rust/Makefile"
};
static const char engine_rust_src_abi_rs[] = {
#embed "../../examples/engine/rust/src/abi.rs"
};
static const char engine_rust_src_lib_rs[] = {
#embed "../../examples/engine/rust/src/lib.rs"
};
static const char engine_swift_Package_swift[] = {
#embed "../../examples/engine/swift/Package.swift"
};
static const char engine_swift_Makefile[] = {
#embed "../../examples/engine/swift/Makefile"
};
static const char engine_swift_Sources_LabEngine_LabEngine_swift[] = {
#embed "../../examples/engine/swift/Sources/LabEngine/LabEngine.swift"
};
static const char engine_abi_h[] = {
#embed "../EngineABI/engine_abi.h"
};
static const char engine_extensions_h[] = {
#embed "../EngineABI/engine_extensions.h"
};
static const char engine_configuration_h[] = {
#embed "../EngineABI/engine_configuration.h"
};
static const char engine_map[] = {
#embed "../EngineABI/engine.map"
};

const lynx_study_file lynx_study_files[LYNX_STUDY_FILES] = {
    {"command", "study.yaml", command_study_yaml, sizeof command_study_yaml, 0},
    {"command", "runner.yaml", command_runner_yaml, sizeof command_runner_yaml, 0},
    {"command", "simulate.sh", command_simulate_sh, sizeof command_simulate_sh, 1},
    {"command", "input.txt", command_input_txt, sizeof command_input_txt, 0},
    {"command", "run.sh", run_sh, sizeof run_sh, 1},
    {"python", "study.yaml", python_study_yaml, sizeof python_study_yaml, 0},
    {"python", "runner.yaml", python_runner_yaml, sizeof python_runner_yaml, 0},
    {"python", "simulation.py", python_simulation_py, sizeof python_simulation_py, 0},
    {"python", "run.sh", run_sh, sizeof run_sh, 1},
    {"basilisk", "study.yaml", basilisk_study_yaml, sizeof basilisk_study_yaml, 0},
    {"basilisk", "runner.yaml", basilisk_runner_yaml, sizeof basilisk_runner_yaml, 0},
    {"basilisk", "scenario.py", basilisk_scenario_py, sizeof basilisk_scenario_py, 0},
    {"basilisk", "requirements.txt", basilisk_requirements_txt, sizeof basilisk_requirements_txt, 0},
    {"basilisk", "run.sh", run_sh, sizeof run_sh, 1},
    {"cpp", "study.yaml", cpp_study_yaml, sizeof cpp_study_yaml, 0},
    {"cpp", "runner.yaml", cpp_runner_yaml, sizeof cpp_runner_yaml, 0},
    {"cpp", "shell.cpp", cpp_shell_cpp, sizeof cpp_shell_cpp, 0},
    {"cpp", "Makefile", cpp_Makefile, sizeof cpp_Makefile, 0},
    {"cpp", "run.sh", run_sh, sizeof run_sh, 1},
    {"fmu", "study.yaml", fmu_study_yaml, sizeof fmu_study_yaml, 0},
    {"fmu", "runner.yaml", fmu_runner_yaml, sizeof fmu_runner_yaml, 0},
    {"fmu", "oscillator.py", fmu_oscillator_py, sizeof fmu_oscillator_py, 0},
    {"fmu", "Makefile", fmu_Makefile, sizeof fmu_Makefile, 0},
    {"fmu", "requirements.txt", fmu_requirements_txt, sizeof fmu_requirements_txt, 0},
    {"fmu", "run.sh", run_sh, sizeof run_sh, 1},
    {"jsbsim", "study.yaml", jsbsim_study_yaml, sizeof jsbsim_study_yaml, 0},
    {"jsbsim", "runner.yaml", jsbsim_runner_yaml, sizeof jsbsim_runner_yaml, 0},
    {"jsbsim", "approach.xml", jsbsim_approach_xml, sizeof jsbsim_approach_xml, 0},
    {"jsbsim", "Makefile", jsbsim_Makefile, sizeof jsbsim_Makefile, 0},
    {"jsbsim", "requirements.txt", jsbsim_requirements_txt, sizeof jsbsim_requirements_txt, 0},
    {"jsbsim", "run.sh", run_sh, sizeof run_sh, 1},
    {"rocketpy", "study.yaml", rocketpy_study_yaml, sizeof rocketpy_study_yaml, 0},
    {"rocketpy", "runner.yaml", rocketpy_runner_yaml, sizeof rocketpy_runner_yaml, 0},
    {"rocketpy", "flight.py", rocketpy_flight_py, sizeof rocketpy_flight_py, 0},
    {"rocketpy", "requirements.txt", rocketpy_requirements_txt, sizeof rocketpy_requirements_txt, 0},
    {"rocketpy", "run.sh", run_sh, sizeof run_sh, 1},
    {"px4", "study.yaml", px4_study_yaml, sizeof px4_study_yaml, 0},
    {"px4", "runner.yaml", px4_runner_yaml, sizeof px4_runner_yaml, 0},
    {"px4", "mission.py", px4_mission_py, sizeof px4_mission_py, 0},
    {"px4", "px4_vehicle.py", px4_px4_vehicle_py, sizeof px4_px4_vehicle_py, 0},
    {"px4", "requirements.txt", px4_requirements_txt, sizeof px4_requirements_txt, 0},
    {"px4", "run.sh", run_sh, sizeof run_sh, 1},
    {"engine-c", "engine.c", engine_c_engine_c, sizeof engine_c_engine_c, 0},
    {"engine-c", "Makefile", engine_c_Makefile, sizeof engine_c_Makefile, 0},
    {"engine-c", "simulator.py", engine_common_simulator_py, sizeof engine_common_simulator_py, 1},
    {"engine-c", "job.json", engine_common_job_json, sizeof engine_common_job_json, 0},
    {"engine-c", "study.yaml", engine_common_study_yaml, sizeof engine_common_study_yaml, 0},
    {"engine-c", "runner.yaml", engine_common_runner_yaml, sizeof engine_common_runner_yaml, 0},
    {"engine-c", "engine_abi.h", engine_abi_h, sizeof engine_abi_h, 0},
    {"engine-c", "engine_extensions.h", engine_extensions_h, sizeof engine_extensions_h, 0},
    {"engine-c", "engine_configuration.h", engine_configuration_h, sizeof engine_configuration_h, 0},
    {"engine-cpp", "engine.cpp", engine_cpp_engine_cpp, sizeof engine_cpp_engine_cpp, 0},
    {"engine-cpp", "Makefile", engine_cpp_Makefile, sizeof engine_cpp_Makefile, 0},
    {"engine-cpp", "simulator.py", engine_common_simulator_py, sizeof engine_common_simulator_py, 1},
    {"engine-cpp", "job.json", engine_common_job_json, sizeof engine_common_job_json, 0},
    {"engine-cpp", "study.yaml", engine_common_study_yaml, sizeof engine_common_study_yaml, 0},
    {"engine-cpp", "runner.yaml", engine_common_runner_yaml, sizeof engine_common_runner_yaml, 0},
    {"engine-cpp", "engine_abi.h", engine_abi_h, sizeof engine_abi_h, 0},
    {"engine-cpp", "engine_extensions.h", engine_extensions_h, sizeof engine_extensions_h, 0},
    {"engine-cpp", "engine_configuration.h", engine_configuration_h, sizeof engine_configuration_h, 0},
    {"engine-cpp", "engine.map", engine_map, sizeof engine_map, 0},
    {"engine-rust", "Cargo.toml", engine_rust_Cargo_toml, sizeof engine_rust_Cargo_toml, 0},
    {"engine-rust", "Makefile", engine_rust_Makefile, sizeof engine_rust_Makefile, 0},
    {"engine-rust", "src/abi.rs", engine_rust_src_abi_rs, sizeof engine_rust_src_abi_rs, 0},
    {"engine-rust", "src/lib.rs", engine_rust_src_lib_rs, sizeof engine_rust_src_lib_rs, 0},
    {"engine-rust", "simulator.py", engine_common_simulator_py, sizeof engine_common_simulator_py, 1},
    {"engine-rust", "job.json", engine_common_job_json, sizeof engine_common_job_json, 0},
    {"engine-rust", "study.yaml", engine_common_study_yaml, sizeof engine_common_study_yaml, 0},
    {"engine-rust", "runner.yaml", engine_common_runner_yaml, sizeof engine_common_runner_yaml, 0},
    {"engine-rust", "engine_abi.h", engine_abi_h, sizeof engine_abi_h, 0},
    {"engine-rust", "engine_extensions.h", engine_extensions_h, sizeof engine_extensions_h, 0},
    {"engine-rust", "engine_configuration.h", engine_configuration_h, sizeof engine_configuration_h, 0},
    {"engine-swift", "Package.swift", engine_swift_Package_swift, sizeof engine_swift_Package_swift, 0},
    {"engine-swift", "Makefile", engine_swift_Makefile, sizeof engine_swift_Makefile, 0},
    {"engine-swift", "Sources/LabEngine/LabEngine.swift", engine_swift_Sources_LabEngine_LabEngine_swift, sizeof engine_swift_Sources_LabEngine_LabEngine_swift, 0},
    {"engine-swift", "simulator.py", engine_common_simulator_py, sizeof engine_common_simulator_py, 1},
    {"engine-swift", "job.json", engine_common_job_json, sizeof engine_common_job_json, 0},
    {"engine-swift", "study.yaml", engine_common_study_yaml, sizeof engine_common_study_yaml, 0},
    {"engine-swift", "runner.yaml", engine_common_runner_yaml, sizeof engine_common_runner_yaml, 0},
    {"engine-swift", "engine.map", engine_map, sizeof engine_map, 0},
};
