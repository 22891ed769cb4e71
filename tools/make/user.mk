# Goals for people.

.PHONY: ready demo install clean format help docs
ready:
	@tools/setup.sh build

demo: ## the main job on bundled failing jobs: no token, no network
	@tools/setup.sh build demo
	@$(MAKE) --no-print-directory -s -j$$(nproc) $(BUILD)/runmedic
	@tools/demo.sh $(BUILD)/runmedic

install: all ## install to PREFIX (default /usr/local)
	install -D -m 755 $(BUILD)/runmedic $(DESTDIR)$(PREFIX)/bin/runmedic
	install -D -m 644 docs/runmedic.1 $(DESTDIR)$(PREFIX)/share/man/man1/runmedic.1
	install -D -m 644 docs/completion/runmedic.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/runmedic

docs: $(BUILD)/runmedic ## write the generated pages and the shown output anew
	$(BUILD)/runmedic docs docs
	BLESS=1 tests/check/docs.sh $(BUILD)/runmedic

.PHONY: accuracy fit
accuracy: $(BUILD)/runmedic ## measure the diagnosis anew for docs/accuracy.md (CORPUS: labelled logs)
	python3 tools/accuracy.py $(BUILD)/runmedic $(CORPUS)

fit: $(BUILD)/runmedic ## fit the confidence of findings to the labelled logs of CORPUS
	$(BUILD)/runmedic eval --corpus $(CORPUS) --fit agent/diagnose/confidence.inc

clean: ## remove what was built here
	rm -rf $(BUILD) build-*

format: ## rewrite our C files in the house format
	@tools/setup.sh lint
	clang-format -i $(FORMATTED)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile tools/make/*.mk | sort

FORMATTED = $(shell find agent fixers tests tools -name '*.[ch]' ! -path 'tests/cases/*' ! -path 'tests/fixtures/*')
