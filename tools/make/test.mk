# Goals that say whether it is right.

ASAN_FLAGS := BUILD=$(BUILD)/asan SAN='-fsanitize=address,undefined -fno-sanitize-recover=undefined' OPT='-O1 -g' HARDEN='-fno-omit-frame-pointer' EXTRA_CFLAGS=-Wno-format-truncation

.PHONY: test test-build lint rules-test bless valgrind
test: ## install what the tests need, build with sanitizers, run everything
	@tools/setup.sh build demo test
	@$(MAKE) --no-print-directory -s -j$$(nproc) test-build
	@tests/run.sh $(BUILD)

test-build:
	@$(MAKE) --no-print-directory -s $(BUILD)/runmedic $(BUILD)/learn/judge
	@$(MAKE) --no-print-directory -s $(ASAN_FLAGS) asan-programs

.PHONY: asan-programs
asan-programs: $(BUILD)/runmedic $(UNIT_BIN) $(FUZZ_REPLAY)

FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_REPLAY = $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)
asan-programs: $(FUZZ_REPLAY)

# The fuzz targets with a driver that replays their corpus: what was found once stays found, with any compiler.
$(BUILD)/fuzz/%: tests/fuzz/%.c tests/fuzz/replay.c $(BUILD)/librunmedic.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $< tests/fuzz/replay.c $(BUILD)/librunmedic.a $(DEPS_LIBS)

.PHONY: fuzz
fuzz: ## fuzz every parser for FUZZ_SECONDS (default 60) with libFuzzer
	@tools/setup.sh build fuzz
	@$(MAKE) --no-print-directory -s -j$$(nproc) BUILD=$(BUILD)/libfuzzer CC=clang SAN='-fsanitize=fuzzer-no-link,address,undefined' OPT='-O1 -g' HARDEN= librunmedic
	@tests/fuzz/run.sh $(BUILD)/libfuzzer $(or $(FUZZ_SECONDS),60)

.PHONY: librunmedic
librunmedic: $(BUILD)/librunmedic.a

bless: $(BUILD)/runmedic ## write down what the whole-program tests print now
	BLESS=1 tests/cli/run.sh $(BUILD)/runmedic

rules-test: $(BUILD)/runmedic ## every hit, miss and fixture of every rule
	$(BUILD)/runmedic rules test --fixtures tests/fixtures/logs
	$(BUILD)/runmedic fixers test --cases tests/cases

valgrind: $(BUILD)/runmedic ## the demo's jobs under valgrind
	@tools/setup.sh build demo valgrind
	tests/check/valgrind.sh $(BUILD)/runmedic

lint: ## format, layers, shell scripts, static analysis
	@tools/setup.sh build lint
	clang-format --dry-run -Werror $(FORMATTED)
	tests/check/layers.sh
	shellcheck -S warning $$(find tools tests .ci -name '*.sh' ! -path 'tests/cases/*' ! -path 'tests/cli/*') tests/cli/run.sh .ci/run
	shellcheck -s bash -S error $$(find tests/cli -name '*.sh')
	shellcheck -s sh install.sh action/*.sh
	tests/check/tidy.sh '$(CPPFLAGS_OURS) $(DEPS_CFLAGS)' $(LIB_SRC) $(CMD_SRC)

.PHONY: bench
bench: ## what it costs, beside ripgrep and wc, in one run
	@tools/setup.sh build bench
	@$(MAKE) --no-print-directory -s $(BUILD)/runmedic
	@python3 tests/bench/bench.py $(BUILD)/runmedic $(BENCH_MB)
