# The few commands a person types. `make` alone lists them.

RUNS ?= 8
JOBS ?= 2000
KILLS ?= 5
RUNNERS ?= 4
CONTROL_PLANES ?= 1
DATABASE ?= sqlite
VENV ?= .venv
PYTHON ?= python3

STUDY := scenarios/aerospace/configs/basic_orbit_tutorial.yaml
RUNNER := configs/lynx-runner-basilisk.yaml
PX4_STUDY := scenarios/aerospace/configs/px4_hover_wind.yaml
PX4_RUNNER := configs/lynx-runner-px4.yaml
# The PX4 example links to a module that is checked where it lies.
PYTHON_SOURCES := python/lynx python/lynx_scenario python/tests Plugins/BasiliskEngine/Warm scenarios/aerospace/python scripts Tests/ArrowIPCTests/Support Tests/Chaos Tests/MAVLinkTests/Python Tests/StatisticsTests/Support Tests/TemporalLogicTests/Python Tests/TestSupport/PX4 Benchmarks Tests/ParquetTests/Support $(filter-out examples/px4/px4_vehicle.py,$(wildcard examples/*/*.py examples/*/*/*.py))
ENGINE_HEADERS := $(wildcard Sources/EngineABI/*.h)

# A study of simulations that take seconds is not faster with optimisation, which is two fifths of a first build. Whoever has
# the optimised build goes on with it.
BUILD := $(if $(wildcard .build/release/lynxctl),build,build-quick)
PROGRAMS := .build/$(if $(filter build,$(BUILD)),release,debug)

export VENV PYTHON
.DEFAULT_GOAL := help
.PHONY: help setup build build-quick tutorial example swift-engine px4-study test check wheels chaos bench proto mavlink clean

help: ## list these commands
	@grep -E '^[a-z0-9-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:[^#]*## /\t/' | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

setup: ## install what is missing: Debian packages, and Python packages in .venv
	@scripts/setup.sh

# Python packages are fetched while the compiler works.
build: ## build runner-host, lynxctl and the engines with optimisation, in .build/release
	@LYNX_PROGRAMS_ONLY=1 scripts/build-beside-setup.sh run -c release

build-quick: ## the same without optimisation, in .build/debug: what tutorial, example and swift-engine do before a first build
	@LYNX_PROGRAMS_ONLY=1 scripts/build-beside-setup.sh run -c debug

tutorial: $(BUILD) ## run the Basilisk orbit study; RUNS=500 for the real size
	@$(PROGRAMS)/lynxctl run $(STUDY) --runner-config $(RUNNER) --runs $(RUNS)

example: $(BUILD) ## run one of examples/, such as NAME=jsbsim
	@LYNXCTL="$${LYNXCTL:-$(CURDIR)/$(PROGRAMS)/lynxctl}" examples/run.sh '$(NAME)'

swift-engine: $(BUILD) ## write an engine from the Swift template into a new folder, build it there against this checkout, and check it
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && $(PROGRAMS)/lynxctl new "$$folder/engine" --template engine-swift && \
	  $(MAKE) --no-print-directory -C "$$folder/engine" check

px4-study: build ## run the PX4 hover study; PX4_BINARY=…/bin/px4 PX4_ETC=…/etc name a SITL build, else one in /opt
	@$(if $(PX4_BINARY),LYNX_RUNNER_PX4_BINARY='$(PX4_BINARY)') $(if $(PX4_ETC),LYNX_RUNNER_PX4_ETC='$(PX4_ETC)') \
	  .build/release/lynxctl run $(PX4_STUDY) --runner-config $(PX4_RUNNER) --runs $(RUNS)

test: ## build and run every test and check
	@scripts/build-beside-setup.sh test --build-tests
	@scripts/swift-test.sh
	$(VENV)/bin/python -m pytest -q -c python/pyproject.toml --rootdir python python/tests
	@$(MAKE) --no-print-directory check

check: setup ## lint and type-check Python and the page's modules, and compile the engine header alone as C11 and C++17
	$(VENV)/bin/ruff check --config python/pyproject.toml $(PYTHON_SOURCES)
	$(VENV)/bin/ruff format --check --config python/pyproject.toml $(PYTHON_SOURCES)
	$(VENV)/bin/mypy --strict --config-file python/pyproject.toml $(PYTHON_SOURCES)
	tsc -p web
	@for header in $(ENGINE_HEADERS); do \
	  echo "$$header as C11 and C++17"; \
	  cc -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c "$$header" && \
	  c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ "$$header" || exit 1; \
	done

wheels: setup ## build the Python packages, lynx-runner and lynx-scenario, in dist
	@scripts/build-wheels.sh dist

chaos: setup build ## kill runners and control planes at random under many jobs; JOBS=100000 KILLS=20 DATABASE=sqlite|postgres
	$(VENV)/bin/python Tests/Chaos/chaos.py --jobs $(JOBS) --kills $(KILLS) --database $(DATABASE) \
	  --runners $(RUNNERS) --control-planes $(CONTROL_PLANES) $(if $(FILES),--files)

bench: setup ## measure beside peers, into Benchmarks/results; PART=noop|isolation|study|command|ingest|breach|submit|client|queue|memory|verdicts|statistics|table|evaluate|web QUICK=1
	@scripts/swift-build.sh -c release
	@Benchmarks/setup.sh $(PART)
	PYTHONPATH=Tests/Chaos $(VENV)/bin/python Benchmarks/bench.py $(PART) $(if $(QUICK),--quick)

# Needs protoc and protoc-c (Debian: protobuf-compiler, protobuf-c-compiler).
proto: setup ## generate C and Python from proto/ again; the results are committed
	@scripts/generate-proto.sh

mavlink: setup ## generate the table of MAVLink's messages again; the result is committed
	$(VENV)/bin/python scripts/generate_mavlink.py

clean: ## remove what was built; .venv and the results in .lynx stay
	rm -rf .build dist
	find python scenarios -name __pycache__ -prune -exec rm -rf {} +
	rm -rf python/*.egg-info python/build .mypy_cache .ruff_cache python/.mypy_cache python/.ruff_cache python/.pytest_cache
