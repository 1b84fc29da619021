# make demo   everything from a fresh clone to the feedback on the bundled conversation
# make test   everything from a fresh clone to the tests
# make lint   ruff and mypy
# make bench  speed and accuracy tables; needs the measuring data: make bench SHARED=FOLDER
# make lock   renew the lock files

PYTHON ?= python3
BIN := .venv/bin
SHARED ?= ../shared

.PHONY: demo test lint bench soak lock clean

demo: .venv/ready
	@sh .ci/packages libportaudio2 espeak-ng
	$(BIN)/coach demo

test: .venv/ready
	@sh .ci/packages libportaudio2 espeak-ng flite ffmpeg pulseaudio pulseaudio-utils libasound2-plugins chromium
	$(BIN)/python -m pytest -n 2 --dist loadgroup

soak: .venv/ready
	$(BIN)/python -m pytest -m slow

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/ready-bench
	$(BIN)/python -m benchmarks --shared $(SHARED)

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11 ..." if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.venv/ready-bench: .venv/ready benchmarks/requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/requirements.lock
	touch $@

# The lock is for the platform it is made on: Linux, where the set-up installs system packages too. Elsewhere: pip install .
COMPILE = $(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url

lock:
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) --extra test --extra build --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra test --extra build --extra bench --output-file benchmarks/requirements.lock pyproject.toml

clean:
	rm -rf .venv build dist *.egg-info demo-output
