# Each command installs what it needs first. `make sandbox` is the one to try.
.DEFAULT_GOAL := help
.PHONY: help install sandbox test test-faults lint format lock
BIN := .venv/bin

help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile

sandbox: ## everything on this machine, with a stand-in for Discord and a page to act as its members
	@tools/setup sandbox
	@exec $(BIN)/heybuddy sandbox $(ARGS)

test: lint ## lint, types, contracts, and every test but the slow ones
	@$(BIN)/python -m tools.page npm test
ifdef ARGS
	@$(BIN)/python -m pytest -m "not faults" $(ARGS)
else
	@$(BIN)/python -m pytest -n auto -m "not faults and not browser"
	@$(BIN)/python -m pytest -m "browser and not faults"
endif

test-faults: install ## the slow tests, which break things on purpose
	@$(BIN)/python -m pytest -m faults $(ARGS)

lint: install ## style, types and who may import whom
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tools.page npm run --silent lint

format: install ## put the code into the house's shape
	@$(BIN)/ruff check --fix --exit-zero
	@$(BIN)/ruff format

install: ## what the others call first
	@tools/setup test

lock: ## write the lock files anew, after a change of a pinned version (needs uv)
	@python3 -m tools.lock
