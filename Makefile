# Needletail. Two commands to begin with:
#   make run     builds it and shows the whole system: services, an agent, a collector and its page
#   make test    builds and runs all tests

PREFIX ?= /usr
SYSCONFDIR ?= /etc
DESTDIR ?=
# make run LOGS='/var/log/*.log' follows those files instead; make run CONFIG=my.yml runs the agent alone, with that file.
LOGS ?=
CONFIG ?=

BUILD_PACKAGES := zlib1g-dev libdeflate-dev libzstd-dev libpcre2-dev libsqlite3-dev librdkafka-dev pkg-config
# What tests run beside our own code: systemd's and Prometheus' own judges, real servers and clients,
# a browser for the page.
TEST_PACKAGES := $(BUILD_PACKAGES) systemd prometheus nginx-light sqlite3 openssl \
	chromium chromium-driver rsyslog rsyslog-elasticsearch curl protobuf-compiler kcat

RELEASE := swift build -c release --static-swift-stdlib
DATA := .build/run
# make fuzz FUZZ_SECONDS=600 FUZZ=lumberjack runs one fuzzer for ten minutes; without FUZZ all run, one after the other.
FUZZ_SECONDS ?= 60
FUZZ ?=
.PHONY: run build release test lint fuzz sanitize bench bench-record bench-build install tools test-tools

run: build
ifeq ($(CONFIG),)
	@exec .build/debug/needletail demo $(LOGS)
else
	@echo "Running $(CONFIG) until Ctrl-C; the place in each file is kept in $(DATA)."
	@exec .build/debug/needletail run -c $(CONFIG) -e --strict.perms=false --path.data $(CURDIR)/$(DATA)
endif

build: tools
	swift build --product needletail

release: tools
	$(RELEASE) --product needletail

# The tests that run the real binary have a run of their own: so many agents at once would starve tests with time limits.
# All at once, a thousand tests wait for each other until time limits end them: a few at a time they are faster, too.
# `swift test` has no option for that, so the bundle that it makes is run itself.
TESTS = $$(swift build --show-bin-path)/needletailPackageTests.xctest --testing-library swift-testing \
	--experimental-maximum-parallelization-width 6

test: tools
	swift build --build-tests
	$(TESTS) --skip AgentTests.Process
	$(TESTS) --filter AgentTests.Process

# The second build adds a check to the first one's results: imports only of what Package.swift names.
lint: tools
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks
	swift build --build-tests --explicit-target-dependency-import-check error

# Any bytes for every parser of hostile input, until one crashes or contradicts itself; see Tests/Fuzz.
fuzz: tools
	NEEDLETAIL_FUZZ=1 swift build -c release --scratch-path .build-fuzz --product needletail-fuzz
	FUZZ_SECONDS=$(FUZZ_SECONDS) Tests/Fuzz/run.sh $(FUZZ)

# All tests again, by a build that finds data races, then by one that finds bad memory accesses.
sanitize: test-tools
	$(call sanitized,thread)
	$(call sanitized,address)

define sanitized
swift test --sanitize=$(1) --scratch-path .build-$(1) --skip AgentTests.Process
swift test --sanitize=$(1) --scratch-path .build-$(1) --skip-build --no-parallel --filter AgentTests.Process
endef

# Seconds to look at, then the gates, on counts of allocations and instructions (they need valgrind).
bench: bench-build
	.build/release/needletail-bench
	Benchmarks/gate.sh

# After a change that is meant to cost more, or a new compiler.
bench-record: bench-build
	Benchmarks/gate.sh --record

bench-build: BUILD_PACKAGES += valgrind
bench-build: tools
	$(RELEASE) --product needletail-bench

install: release
	install -D -s -m 755 .build/release/needletail $(DESTDIR)$(PREFIX)/bin/needletail
	test -e $(DESTDIR)$(SYSCONFDIR)/needletail/needletail.yml || \
		install -D -m 600 config/needletail.yml $(DESTDIR)$(SYSCONFDIR)/needletail/needletail.yml
	install -D -m 644 config/needletail.reference.yml $(DESTDIR)$(SYSCONFDIR)/needletail/needletail.reference.yml
	test -e $(DESTDIR)$(SYSCONFDIR)/needletail/collector.yml || \
		install -D -m 644 config/collector.yml $(DESTDIR)$(SYSCONFDIR)/needletail/collector.yml
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	for unit in needletail needletail-collect; do \
		sed 's|/usr/bin/|$(PREFIX)/bin/|; s|/etc/needletail|$(SYSCONFDIR)/needletail|' systemd/$$unit.service \
			> $(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit.service || exit 1; \
	done
	install -D -m 644 systemd/needletail.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/needletail.conf
	install -D -m 644 README.md $(DESTDIR)$(PREFIX)/share/doc/needletail/README.md
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/,bash-completion/completions zsh/vendor-completions fish/vendor_completions.d)
	.build/release/needletail completions bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/needletail
	.build/release/needletail completions zsh > $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_needletail
	.build/release/needletail completions fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/needletail.fish

# Installs missing Debian packages where it may (root, or sudo without a password), else names them.
tools: PACKAGES ?= $(BUILD_PACKAGES)
test-tools: PACKAGES := $(TEST_PACKAGES)
tools test-tools:
	@command -v swift > /dev/null || { echo "Swift 6.3 or later is needed: https://www.swift.org/install/linux/"; exit 1; }
	@command -v dpkg-query > /dev/null || exit 0; \
	missing=; \
	for package in $(PACKAGES); do \
		dpkg-query -W -f '$${db:Status-Abbrev}' $$package 2> /dev/null | grep -q '^ii' || missing="$$missing $$package"; \
	done; \
	test -n "$$missing" || exit 0; \
	if test "$$(id -u)" = 0; then as=env; \
	elif sudo -n true 2> /dev/null; then as="sudo -n env"; \
	else echo "Please install:$$missing"; exit 1; fi; \
	echo "Installing$$missing"; \
	apt="$$as DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3"; \
	$$apt update && $$apt install -y --no-install-recommends $$missing > /dev/null
