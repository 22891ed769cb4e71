# The release binary: musl static-PIE. tools/static makes the prefix of pinned dependencies once, outside the tree.

ARCHES ?= x86_64 aarch64
STATIC_PACKAGES = $(wildcard tools/static/packages) $(if $(filter aarch64,$(ARCHES)),tools/static/packages.aarch64)

.PHONY: static static-one
static: ## the release binaries build/runmedic-static-ARCH (ARCHES="x86_64 aarch64")
	@tools/setup.sh build
	@tools/setup.sh $(STATIC_PACKAGES)
	@for arch in $(ARCHES); do $(MAKE) --no-print-directory static-one ARCH=$$arch || exit 1; done

# The flags of the prefix replace those of the machine; the host tools are built as ever.
static-one:
	@mkdir -p $(BUILD)
	@prefix=$$(tools/static/prefix.sh $(ARCH)) && tools/static/flags.sh "$$prefix" $(ARCH) | sed 's/ := /=/' > $(BUILD)/static-$(ARCH).flags
	@flag() { sed -n "s/^$$1=//p" $(BUILD)/static-$(ARCH).flags; }; \
	$(MAKE) --no-print-directory BUILD=$(BUILD)/static-$(ARCH) CC="$$(flag CC)" OPT="$$(flag CFLAGS) -fno-asynchronous-unwind-tables" HARDEN='-D_FORTIFY_SOURCE=0' COLD=-Os \
		SAN= DEPS_CFLAGS= EXTRA_LDFLAGS="$$(flag LDFLAGS)" DEPS_LIBS="$$(flag LIBS)" $(BUILD)/static-$(ARCH)/runmedic && \
	cp $(BUILD)/static-$(ARCH)/runmedic $(BUILD)/runmedic-static-$(ARCH) && "$$(flag STRIP)" $(BUILD)/runmedic-static-$(ARCH)
	@tools/static/check.sh $(BUILD)/runmedic-static-$(ARCH) $(ARCH)
