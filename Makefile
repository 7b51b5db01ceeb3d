# Each command first installs what it needs. Try `make sandbox`.
.DEFAULT_GOAL := help
.PHONY: help install sandbox wheel test test-faults lint format lock
BIN := .venv/bin

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile

sandbox: ## run everything on this machine, with a stand-in for Discord and a page to act as its members
	@tools/setup sandbox
	@exec $(BIN)/heybuddy sandbox $(ARGS)

wheel: ## build the package to install on a server, with the page in it: dist/hey_buddy-….whl
	@tools/setup sandbox
	@rm -rf dist
	@$(BIN)/python -m pip --disable-pip-version-check --quiet wheel --no-deps --no-build-isolation --wheel-dir dist .
	@ls dist/*.whl

test: lint ## check style, types and import contracts, then run all tests except the slow ones
	@$(BIN)/python -m tools.livekit
	@$(BIN)/python -m tools.page npm test
ifdef ARGS
	@$(BIN)/python -m pytest -m "not faults" $(ARGS)
else
	@$(BIN)/python -m pytest -n auto -m "not browser and not dose and not faults and not postgres"
	@$(BIN)/python -m pytest -n auto -m "postgres and not dose and not faults"
	@$(BIN)/python -m pytest -n auto -m "dose and not faults"
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "browser and not faults"
endif

test-faults: install ## break things on purpose, for hours: the table of faults, or the rows named in ARGS
	@$(BIN)/python -m tools.livekit
	@$(BIN)/python -m tests.faults $(ARGS)

lint: install ## check style, types and import contracts
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tools.page npm run --silent lint

format: install ## format the code and apply automatic fixes
	@$(BIN)/ruff check --fix --exit-zero
	@$(BIN)/ruff format

install: ## install what the tests need; other commands do this first
	@tools/setup test

lock: ## rewrite the lock files after a change in pyproject.toml; ARGS=--upgrade takes the newest versions (needs uv)
	@python3 -m tools.lock $(ARGS)
