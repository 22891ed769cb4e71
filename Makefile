# runmedic. `make help` lists the goals. Sources are found by wildcard: a new file needs no edit here.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

VERSION := $(shell sed -n 's/^\#\# \([0-9][0-9.]*\).*/\1/p' CHANGELOG.md | head -n 1)
BUILD ?= build
PREFIX ?= /usr/local
CORPUS ?= ../shared/corpus
CC := gcc
HOSTCC ?= gcc
PACKAGES := libcurl libgit2 libcjson sqlite3 libcrypto libssl libpcre2-8 yaml-0.1 expat zlib libarchive
WARN := -Wall -Wextra -Wshadow -Wconversion -Werror
OPT ?= -O2 -g
HARDEN ?= -fstack-protector-strong -D_FORTIFY_SOURCE=2
CPPFLAGS_OURS := -D_GNU_SOURCE -DRUNMEDIC_VERSION='"$(VERSION)"' -Iagent -I. -I$(BUILD)/gen

# What a program needs is resolved lazily, so that `make help` and `make setup` work on a bare machine.
DEPS_CFLAGS = $(eval DEPS_CFLAGS := $$(shell pkg-config --cflags $(PACKAGES) | sed 's/-I/-isystem /g'))$(DEPS_CFLAGS)
DEPS_LIBS = $(eval DEPS_LIBS := $$(shell pkg-config --libs $(PACKAGES)) -lm -lpthread)$(DEPS_LIBS)
CFLAGS_ALL = -std=c17 $(OPT) $(HARDEN) $(SAN) $(WARN) $(CPPFLAGS_OURS) $(DEPS_CFLAGS) $(EXTRA_CFLAGS)
LDFLAGS_ALL = $(SAN) $(EXTRA_LDFLAGS)

LIB_SRC := $(sort $(wildcard agent/base/*.c agent/log/*.c agent/rules/*.c agent/diagnose/*.c agent/learn/*.c \
	fixers/*.c fixers/*/*.c agent/plan/*.c agent/publish/*.c agent/store/*.c agent/heal/*.c agent/github/*.c \
	agent/attest/*.c))
CMD_SRC := $(sort $(wildcard agent/cmd/*.c))
GEN_SRC := $(BUILD)/gen/rule_catalogue.c $(BUILD)/gen/schema_sql.c
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/obj/%.o) $(GEN_SRC:$(BUILD)/gen/%.c=$(BUILD)/obj/gen/%.o)
CMD_OBJ := $(CMD_SRC:%.c=$(BUILD)/obj/%.o)
UNIT_SRC := $(sort $(wildcard tests/unit/*/test_*.c))
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%)
CATALOGUE := $(sort $(wildcard agent/rules/catalogue/*.yml))

# One line per file; `make V=1` shows the commands.
say = $(if $(V),,@printf '  %-6s %s\n' $(1) $(2);)

.PHONY: all
all: ready ## build build/runmedic (release-like); installs what is missing first
	@$(MAKE) --no-print-directory $(BUILD)/runmedic

$(BUILD)/runmedic: $(CMD_OBJ) $(BUILD)/librunmedic.a
	$(call say,LINK,$@)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(DEPS_LIBS)

$(BUILD)/librunmedic.a: $(LIB_OBJ)
	$(call say,AR,$@)rm -f $@ && ar rcs $@ $^

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# What runs once or waits for a network may be small rather than fast: COLD=-Os in the release binaries.
COLD_SRC := agent/cmd agent/publish agent/github agent/heal agent/plan agent/attest fixers
$(foreach dir,$(COLD_SRC),$(eval $(BUILD)/obj/$(dir)/%.o: CFLAGS_ALL += $(COLD)))

$(BUILD)/obj/%.o: %.c | $(BUILD)/.flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# The catalogue is checked and turned into const tables by a host tool: nothing is parsed at start.
RULEGEN_SRC := tools/rulegen.c $(filter agent/base/% agent/rules/% agent/diagnose/reader%,$(LIB_SRC))
$(BUILD)/host/rulegen: $(RULEGEN_SRC) $(wildcard agent/base/*.h agent/rules/*.h agent/log/*.h agent/diagnose/*.h)
	@mkdir -p $(@D)
	$(call say,HOST,$@)$(HOSTCC) -std=c17 -O1 $(WARN) -D_GNU_SOURCE -DRULES_NO_CATALOGUE -Iagent -I. -o $@ $(RULEGEN_SRC) $$(pkg-config --cflags --libs libpcre2-8 yaml-0.1 libcjson libcrypto) -lm

$(BUILD)/gen/rule_catalogue.c: $(BUILD)/host/rulegen $(CATALOGUE) agent/rules/catalogue
	@mkdir -p $(@D)
	$(call say,GEN,$@)$(BUILD)/host/rulegen $@ $(CATALOGUE)

$(BUILD)/host/embed: tools/embed.c
	@mkdir -p $(@D)
	$(call say,HOST,$@)$(HOSTCC) -std=c17 -O1 $(WARN) -D_GNU_SOURCE -o $@ $<

$(BUILD)/gen/schema_sql.c: $(BUILD)/host/embed agent/store/schema.sql agent/store/views.sql
	@mkdir -p $(@D)
	$(call say,GEN,$@)$(BUILD)/host/embed $@ schema_sql=agent/store/schema.sql views_sql=agent/store/views.sql

# Objects are made anew when the flags or the version change.
$(BUILD)/.flags: FORCE
	@mkdir -p $(BUILD)
	@echo '$(CC) $(OPT) $(HARDEN) $(SAN) $(VERSION) $(EXTRA_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(OPT) $(HARDEN) $(SAN) $(VERSION) $(EXTRA_CFLAGS)' > $@
FORCE:

$(BUILD)/libcmd.a: $(filter-out %/cmd/main.o,$(CMD_OBJ))
	$(call say,AR,$@)rm -f $@ && ar rcs $@ $^

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libcmd.a $(BUILD)/librunmedic.a
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -MMD -MP -o $@ $< $(BUILD)/libcmd.a $(BUILD)/librunmedic.a $(DEPS_LIBS) -lcmocka

.PHONY: unit
unit: $(UNIT_BIN) ## build and run the unit tests of this build
	tests/run-unit.sh $(BUILD)/unit

-include $(wildcard $(BUILD)/obj/*/*.d $(BUILD)/obj/*/*/*.d $(BUILD)/obj/*/*/*/*.d $(BUILD)/unit/*/*.d)
include tools/make/*.mk
