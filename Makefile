# SPDX-License-Identifier: BSD-3-Clause
# libamos. `make help` lists the targets.
#
# Everything is built in $(BUILD); the libraries of the default build are written to lib/. Use another BUILD for another
# compiler or other flags: make BUILD=build/clang CC=clang.

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DESTDIR ?=
BUILD ?= build
ifeq ($(BUILD),build)
LIBOUT ?= lib
else
LIBOUT ?= $(BUILD)/lib
endif

$(foreach f,BUILD LIBOUT,$(if $(word 2,$($f)),$(error $f is "$($f)", but make cannot use a path with blanks. \
  Choose another folder, or a relative path)))

VERSION := $(shell sed -n 's/^\#define AMOS_VERSION_STRING "\(.*\)"/\1/p' include/amos/export.h)
SONAME := libamos.so.0
SOFILE := libamos.so.$(VERSION)
HTTP_SONAME := libamos-http.so.0
HTTP_SOFILE := libamos-http.so.$(VERSION)

# -- Tools and dependencies --------------------------------------------------------------------------------------------

PKG_CONFIG ?= pkg-config
# WITH_X = auto (used if found), 1 (required), 0 (off)
WITH_LZ4 ?= auto
WITH_LIBPNG ?= auto
WITH_ISAL ?= auto
WITH_LIBDEFLATE ?= auto
WITH_CURL ?= auto
WITH_MICROHTTPD ?= auto
found = $(if $(filter 0,$(1)),,$(if $(filter 1,$(1)),1,$(shell $(PKG_CONFIG) --exists $(2) 2>/dev/null && echo 1)))
LZ4 := $(call found,$(WITH_LZ4),liblz4)
LIBPNG := $(call found,$(WITH_LIBPNG),libpng)
ISAL := $(call found,$(WITH_ISAL),libisal)
LIBDEFLATE := $(call found,$(WITH_LIBDEFLATE),libdeflate)
CURL := $(call found,$(WITH_CURL),libcurl)
MICROHTTPD := $(call found,$(WITH_MICROHTTPD),libmicrohttpd)
REQUIRED := zlib libcjson
OPTIONAL := $(if $(LZ4),liblz4) $(if $(ISAL),libisal) $(if $(LIBDEFLATE),libdeflate)
NIFTI_CFLAGS ?= -isystem /usr/include/nifti
NIFTI_LIBS ?= -lnifti2

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -pedantic
FEATURES := $(if $(LZ4),-DAMOS_HAVE_LZ4) $(if $(ISAL),-DAMOS_HAVE_ISAL) $(if $(LIBDEFLATE),-DAMOS_HAVE_LIBDEFLATE)
# No fused multiply-add, and float is computed in the precision of float: the same file and the same seed give the same
# values on every machine. (By default gcc for s390x computes float in double, as the standard allows. clang never does
# and does not know the flag.)
PRECISION := -ffp-contract=off $(shell $(CC) -Werror -fexcess-precision=fast -E -x c /dev/null >/dev/null 2>&1 && \
  echo -fexcess-precision=fast)
# The loops that have a vector twin for x86-64 only: clang vectorises them at -O2, gcc if asked to.
VECTORIZE := $(shell $(CC) -Werror -fvect-cost-model=dynamic -E -x c /dev/null >/dev/null 2>&1 && \
  echo -ftree-vectorize -fvect-cost-model=dynamic)
# What systems expect of their programs: checked calls of the C library, stack protectors, tables that are read-only
# once the program runs, no executable stack, and a command at a random address. Optimised builds only, and none under
# sanitizers, which check more. tests/install/flags.sh reads these off the files.
PLAIN := $(findstring sanitize,$(CFLAGS))$(if $(filter -O1 -O2 -O3 -Os,$(CFLAGS)),,plain)
FORTIFY := $(if $(findstring FORTIFY,$(CFLAGS) $(CPPFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
HARDENING := $(if $(PLAIN),,$(FORTIFY) -fstack-protector-strong)
PIE := $(if $(PLAIN),,-fPIE)
HARDENING_LD := $(if $(PLAIN),,-Wl,-z,relro,-z,now,-z,noexecstack)
# The same bytes from every folder: debugging information names files from the top of the tree.
REPRODUCIBLE := '-ffile-prefix-map=$(CURDIR)=.'
ALL_CFLAGS = -std=c11 -D_FILE_OFFSET_BITS=64 -Iinclude $(WARNINGS) -fvisibility=hidden $(PRECISION) -pthread \
  $(REPRODUCIBLE) $(HARDENING) $(CFLAGS)
CXX_CFLAGS = -std=c++17 -Iinclude -Wall -Wextra -pedantic -pthread $(CXXFLAGS)
DEP_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(REQUIRED) $(OPTIONAL) 2>/dev/null) $(NIFTI_CFLAGS)
DEP_LIBS := $(shell $(PKG_CONFIG) --libs $(OPTIONAL) $(REQUIRED) 2>/dev/null) $(NIFTI_LIBS) -lm -pthread
# Headers alone: libamos-http loads libcurl itself, when the first URL is opened.
CURL_CFLAGS := $(if $(CURL),-DAMOS_HAVE_CURL $(shell $(PKG_CONFIG) --cflags libcurl))
# The same for libmicrohttpd, when `amos serve` runs.
MICROHTTPD_CFLAGS := $(if $(MICROHTTPD),-DAMOS_HAVE_MICROHTTPD $(shell $(PKG_CONFIG) --cflags libmicrohttpd))
DL_LIBS := $(if $(CURL)$(MICROHTTPD),-ldl)
PNG_CFLAGS := $(if $(LIBPNG),-DAMOS_HAVE_LIBPNG $(shell $(PKG_CONFIG) --cflags libpng))
PNG_LIBS := $(if $(LIBPNG),$(shell $(PKG_CONFIG) --libs libpng))
CHECK_CFLAGS := $(shell $(PKG_CONFIG) --cflags check 2>/dev/null)
CHECK_LIBS := $(shell $(PKG_CONFIG) --libs check 2>/dev/null)

# A target reports missing packages and the command that installs them; only `make deps`, `make demo` and `make test`
# install packages themselves. See packages.sh and packages.txt.
WITH := lz4=$(WITH_LZ4) libpng=$(WITH_LIBPNG) isal=$(WITH_ISAL) libdeflate=$(WITH_LIBDEFLATE) curl=$(WITH_CURL) microhttpd=$(WITH_MICROHTTPD)
NEEDED := build $(patsubst %=1,%,$(filter %=1,$(WITH)))
WISHED := $(patsubst %=auto,%,$(filter %=auto,$(WITH)))
writable_build = mkdir -p $(BUILD) $(LIBOUT) 2>/dev/null && [ -w $(BUILD) ] && [ -w $(LIBOUT) ] || { echo \
  "The folders $(BUILD) and $(LIBOUT) cannot be written; choose others: make BUILD=/tmp/build" >&2; exit 1; }
packages = $(writable_build); CC='$(CC)' PKG_CONFIG='$(PKG_CONFIG)' NIFTI_CFLAGS='$(NIFTI_CFLAGS)' \
  sh packages.sh $(2) $(NEEDED) $(1) -- $(WISHED)
install_packages = $(call packages,$(1),--install)
# Run make again after installing packages, because this run called pkg-config before they were installed. Targets that do
# so run one after the other: two makes at once would write the same files.
AGAIN_IN := all deps python examples test check debug coverage lint bench demo fuzz static install install-python dist deb \
  sbom distcheck abi-baseline check-% clean
ifneq ($(filter $(AGAIN_IN),$(or $(MAKECMDGOALS),all)),)
.NOTPARALLEL:
endif
JOBS = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))
AGAIN = --no-print-directory $(JOBS)
# For scripts: a recipe that contains the variable MAKE itself would run even under `make -n`.
make = $(MAKE)
# `make V=1` prints the full commands.
Q := $(if $(V),,@)

LIB_SRC := $(sort $(wildcard src/*/*.c src/*/*/*.c))
HTTP_SRC := $(if $(CURL),$(sort $(wildcard http/*.c)))
CLI_SRC := $(sort $(filter-out $(if $(CURL),,$(filter-out %/fetch.c,$(wildcard cli/fetch/*.c))) $(if $(MICROHTTPD),,cli/serve/http.c cli/serve/server.c),$(wildcard cli/*.c cli/*/*.c)))
PHANTOM_SRC := $(sort $(wildcard phantom/*.c phantom/*/*.c))
TEST_SRC := $(sort $(wildcard tests/test_*.c tests/*/test_*.c tests/*/*/test_*.c))
SUPPORT_SRC := $(sort $(wildcard tests/support/*.c tests/support/*/*.c))
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SHARED_SRC := $(sort $(wildcard tests/fuzz/kit/*.c)) tests/support/model/area.c \
  tests/support/model/score.c
ANALYSED := $(LIB_SRC) $(HTTP_SRC) $(CLI_SRC) $(PHANTOM_SRC) $(sort $(wildcard python/src/*.c))
TIDIED := $(sort $(ANALYSED) $(wildcard examples/*.c examples/*.cpp tests/*.c tests/*/*.c tests/*/*/*.c))
EXAMPLE_SRC := $(sort $(wildcard examples/*.c examples/*.cpp))
HTTP_OBJ := $(HTTP_SRC:%.c=$(BUILD)/%.o)
# Needs no libcurl; a fuzz target runs it in every build.
ANSWER_OBJ := $(BUILD)/http/answer.o
HTTP_LIB := $(if $(CURL),$(LIBOUT)/libamos-http.a)
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
# The viewer in the browser, which is data of the command.
VIEWER_SRC := $(sort $(wildcard cli/viewer/*.html cli/viewer/*/*.css cli/viewer/*/*.js))
VIEWER := $(BUILD)/cli/viewer/viewer_files
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/%.o) $(VIEWER).o
PHANTOM_OBJ := $(PHANTOM_SRC:%.c=$(BUILD)/%.o)
TEST_OBJ := $(TEST_SRC:%.c=$(BUILD)/%.o)
SUPPORT_OBJ := $(SUPPORT_SRC:%.c=$(BUILD)/%.o)
FAULT_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(sort $(filter-out tests/faults/test_%,$(wildcard tests/faults/*.c))))
TEST_BIN := $(addprefix $(BUILD)/tests/,$(basename $(notdir $(TEST_SRC))))
FUZZ_OBJ := $(FUZZ_SRC:%.c=$(BUILD)/%.o) $(BUILD)/tests/fuzz/replay.o
FUZZ_SHARED_OBJ := $(FUZZ_SHARED_SRC:%.c=$(BUILD)/%.o)
REPLAY_BIN := $(FUZZ_SRC:%.c=$(BUILD)/%)
FUZZER_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/%)
EXAMPLE_BIN := $(addprefix $(BUILD)/,$(basename $(EXAMPLE_SRC)))

# -- Library and command -----------------------------------------------------------------------------------------------

all:
	@$(packages)
	@$(MAKE) $(AGAIN) compile

# GROUPS='test python' selects groups of packages.txt; by default only what the library and the command need.
deps:
	@$(call install_packages,$(GROUPS))
	@echo 'All packages are installed: $(NEEDED) $(GROUPS)'

compile: $(LIBOUT)/libamos.a $(LIBOUT)/libamos.so $(HTTP_LIB) $(HTTP_LIB:.a=.so) $(BUILD)/amos

# $(BUILD)/commands/NAME holds the value of the variable NAME, and changes with it. What a command makes depends on its
# file: objects of other flags are compiled again, and only they. Values that only some targets have are private, so that
# these files do not inherit them.
$(BUILD)/commands/%: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$($*))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$($*))' >$@
by = $(1:%=$(BUILD)/commands/%)

$(filter %/kernels_plain.o %/tone_plain.o,$(LIB_OBJ)): private OWN_CFLAGS := $(VECTORIZE)

COMPILE_LIB = $(CC) $(ALL_CFLAGS) -iquote src -fPIC $(FEATURES) $(DEP_CFLAGS) $(CPPFLAGS)
$(LIB_OBJ): $(BUILD)/%.o: %.c $(call by,COMPILE_LIB VECTORIZE)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(COMPILE_LIB) $(OWN_CFLAGS) -MMD -MP -c $< -o $@

# The command includes its own headers, those of phantom/, and of the library the public ones and those of src/base.
CLI_INCLUDES := -iquote cli -iquote . -iquote src

# Independent of the position, because the Python package links some of them too.
COMPILE_CLI = $(CC) $(ALL_CFLAGS) $(CLI_INCLUDES) -fPIC $(PNG_CFLAGS) $(CURL_CFLAGS) $(MICROHTTPD_CFLAGS) $(DEP_CFLAGS) $(CPPFLAGS)
$(filter-out $(VIEWER).o,$(CLI_OBJ)): $(BUILD)/%.o: %.c $(call by,COMPILE_CLI)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(COMPILE_CLI) -MMD -MP -c $< -o $@

$(VIEWER).c: cli/viewer/embed.sh $(VIEWER_SRC) $(call by,VIEWER_SRC)
	@mkdir -p $(@D)
	@echo "  EMBED   cli/viewer"
	$(Q)sh cli/viewer/embed.sh >$@

$(VIEWER).o: $(VIEWER).c $(call by,COMPILE_CLI)
	@echo "  CC      $<"
	$(Q)$(COMPILE_CLI) -MMD -MP -c $< -o $@

$(LIBOUT)/libamos.a: $(LIB_OBJ) $(call by,AR LIB_OBJ)
	@mkdir -p $(@D)
	@echo "  AR      $@"
	$(Q)rm -f $@ && $(AR) qcsD $@ $(filter %.o,$^)

# The generator of artificial data, used by the command, the demonstration, the tests and the benchmarks.
COMPILE_PHANTOM = $(CC) $(ALL_CFLAGS) $(PIE) -iquote . -iquote src $(CPPFLAGS)
$(PHANTOM_OBJ): $(BUILD)/%.o: %.c $(call by,COMPILE_PHANTOM)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(COMPILE_PHANTOM) -MMD -MP -c $< -o $@

$(BUILD)/libphantom.a: $(PHANTOM_OBJ) $(call by,AR PHANTOM_OBJ)
	@mkdir -p $(@D)
	@echo "  AR      $@"
	$(Q)rm -f $@ && $(AR) qcsD $@ $(filter %.o,$^)

LINK = $(CC) $(ALL_CFLAGS) $(HARDENING_LD) $(LDFLAGS)
# With the libraries at the end of each command.
LINKED = $(LINK) $(DEP_LIBS)
$(LIBOUT)/libamos.so: $(LIB_OBJ) src/libamos.map $(call by,LINKED LIB_OBJ)
	@mkdir -p $(@D)
	@echo "  LD      $(LIBOUT)/$(SOFILE)"
	$(Q)$(LINK) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=src/libamos.map -Wl,-z,defs \
	  $(LIB_OBJ) $(DEP_LIBS) -o $(LIBOUT)/$(SOFILE)
	$(Q)ln -sf $(SOFILE) $(LIBOUT)/$(SONAME)
	$(Q)ln -sf $(SONAME) $@

# Files at URLs: a library of its own, so that libamos needs no libcurl.
COMPILE_HTTP = $(CC) $(ALL_CFLAGS) -iquote . -fPIC $(CURL_CFLAGS) $(CPPFLAGS)
$(sort $(HTTP_OBJ) $(ANSWER_OBJ)): $(BUILD)/%.o: %.c $(call by,COMPILE_HTTP)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(COMPILE_HTTP) -MMD -MP -c $< -o $@

$(LIBOUT)/libamos-http.a: $(HTTP_OBJ) $(call by,AR HTTP_OBJ)
	@mkdir -p $(@D)
	@echo "  AR      $@"
	$(Q)rm -f $@ && $(AR) qcsD $@ $(filter %.o,$^)

$(LIBOUT)/libamos-http.so: $(HTTP_OBJ) http/libamos-http.map $(LIBOUT)/libamos.so $(call by,LINKED HTTP_OBJ)
	@echo "  LD      $(LIBOUT)/$(HTTP_SOFILE)"
	$(Q)$(LINK) -shared -Wl,-soname,$(HTTP_SONAME) \
	  -Wl,--version-script=http/libamos-http.map -Wl,-z,defs $(HTTP_OBJ) -L$(LIBOUT) -lamos $(DL_LIBS) -pthread \
	  -o $(LIBOUT)/$(HTTP_SOFILE)
	$(Q)ln -sf $(HTTP_SOFILE) $(LIBOUT)/$(HTTP_SONAME)
	$(Q)ln -sf $(HTTP_SONAME) $@

# The command is linked statically with libamos, so that it runs directly from the build tree.
$(BUILD)/amos: $(CLI_OBJ) $(BUILD)/libphantom.a $(HTTP_LIB) $(LIBOUT)/libamos.a $(call by,LINKED PNG_LIBS CLI_OBJ)
	@echo "  LD      $@"
	$(Q)$(LINK) $(if $(PLAIN),,-pie) $(filter %.o %.a,$^) $(PNG_LIBS) $(DEP_LIBS) $(DL_LIBS) -o $@

# -- Python ------------------------------------------------------------------------------------------------------------

# Debian's own interpreter, because its packages of NumPy and PyTorch belong to it. The C half contains libamos and uses
# Python's stable interface, so it works with any Python from 3.11 on.
PYTHON ?= /usr/bin/python3
PYTHONDIR ?= $(shell $(PYTHON) -c 'import sys; print("$(PREFIX)/lib/python%d.%d/%s" % (*sys.version_info[:2], \
  "dist-packages" if any("dist-packages" in p for p in sys.path) else "site-packages"))')
PYTHON_INCLUDE = $(shell $(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("include"))')
PYTHON_CFLAGS = $(ALL_CFLAGS) $(CLI_INCLUDES) $(CURL_CFLAGS) -D_POSIX_C_SOURCE=200809L -isystem $(PYTHON_INCLUDE)
PYTHON_SRC := $(sort $(wildcard python/src/*.c))
PYTHON_OBJ := $(PYTHON_SRC:%.c=$(BUILD)/%.o)
PYTHON_FILES := $(sort $(wildcard python/amos/*.py python/amos/*/*.py python/amos/*.pyi python/amos/py.typed))
PYTHON_ROOMS := $(sort $(dir $(PYTHON_FILES:python/amos/%=%)))
PACKAGE := $(BUILD)/python/amos

# Another interpreter needs headers of its own, which no package of the list installs.
python:
	@$(call packages,$(if $(filter /usr/bin/python3,$(PYTHON)),python))
	@command -v '$(PYTHON)' >/dev/null || { echo 'There is no interpreter $(PYTHON); choose one by PYTHON=.' >&2; false; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo '$(PYTHON) is older than Python 3.11,' \
	  'which the package needs; choose another by PYTHON=.' >&2; false; }
	@[ -e '$(PYTHON_INCLUDE)/Python.h' ] || { echo 'The C headers of $(PYTHON) are missing: there is no' \
	  '$(PYTHON_INCLUDE)/Python.h. Install them (in Debian: python3-dev), or choose another interpreter by PYTHON=.' >&2; \
	  false; }
	@$(MAKE) $(AGAIN) compile-python

compile-python: $(PACKAGE)/_amos.abi3.so $(PYTHON_FILES:python/amos/%=$(PACKAGE)/%)

COMPILE_PYTHON = $(CC) $(PYTHON_CFLAGS) -fPIC $(CPPFLAGS)
$(PYTHON_OBJ): $(BUILD)/%.o: %.c $(call by,COMPILE_PYTHON)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(COMPILE_PYTHON) -MMD -MP -c $< -o $@

# Of the command the linker takes what python/src/match.c needs.
$(PACKAGE)/_amos.abi3.so: $(PYTHON_OBJ) $(BUILD)/tests/libcli.a $(HTTP_LIB) $(LIBOUT)/libamos.a $(call by,LINKED PYTHON_OBJ)
	@mkdir -p $(@D)
	@echo "  LD      $@"
	$(Q)$(LINK) -shared -Wl,--exclude-libs,ALL $(filter %.o %.a,$^) $(DEP_LIBS) $(DL_LIBS) -o $@

$(PACKAGE)/%: python/amos/%
	@mkdir -p $(@D)
	$(Q)cp $< $@

# -- Examples and tests ------------------------------------------------------------------------------------------------

examples:
	@$(call packages,examples)
	@$(MAKE) $(AGAIN) compile-examples

compile-examples: $(EXAMPLE_BIN)

$(BUILD)/examples/%: examples/%.c $(LIBOUT)/libamos.a $(call by,LINKED)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) $(LDFLAGS) -MMD -MP $< $(LIBOUT)/libamos.a $(DEP_LIBS) -o $@

$(BUILD)/examples/%: examples/%.cpp $(LIBOUT)/libamos.a $(call by,LINKED CXX_CFLAGS CXX)
	@mkdir -p $(@D)
	@echo "  CXX     $<"
	$(Q)$(CXX) $(CXX_CFLAGS) $(CPPFLAGS) $(LDFLAGS) -MMD -MP $< $(LIBOUT)/libamos.a $(DEP_LIBS) -o $@

# The tests to run after a change; T=test_score runs only that program or script, CASE=masks only that case of it. The
# last line is "N passed, N failed". The scripts are in tests/run; docs/testing.md lists what each target runs.
SUITE = MAKE='$(make)' CC='$(CC)' CXX='$(CXX)' PKG_CONFIG='$(PKG_CONFIG)' BUILD='$(BUILD)' LIBOUT='$(LIBOUT)' \
  PYTHON='$(PYTHON)' T='$(T)' CASE='$(CASE)' AFTER='$(AFTER)' sh tests/run
PARTS := compile compile-tests $(if $(wildcard /usr/bin/python3-config),compile-python)

test:
	@$(call install_packages,test)
	@$(MAKE) $(AGAIN) $(if $(T),compile $(filter $(TEST_BIN) $(REPLAY_BIN),$(T:test_%=$(BUILD)/tests/test_%) \
	  $(T:fuzz_%=$(BUILD)/tests/fuzz/fuzz_%)) $(if $(filter python torch scipy readme dask,$(T)),compile-python $(BUILD)/tests/python/batches),$(PARTS))
	@$(SUITE)/run.sh test

# Everything: what `make test` leaves out, then all tests with another compiler, without optional libraries, and under
# sanitizers.
check:
	@$(call packages,check)
	@$(MAKE) $(AGAIN) compile compile-tests compile-python
	@$(SUITE)/run.sh check

# Runs T=test_score CASE=masks in a debugger, compiled for it, in one process.
DEBUGGED := $(BUILD)/debug
GDB ?= gdb
debug:
	@$(call packages,test debug)
	@$(MAKE) $(AGAIN) BUILD=$(DEBUGGED) LIBOUT=$(DEBUGGED)/lib CFLAGS='-O0 -g3' $(DEBUGGED)/amos \
	  $(DEBUGGED)/tests/$(or $(T),$(error which test? make debug T=test_score))
	CK_FORK=no $(if $(CASE),CK_RUN_CASE='$(CASE)' )$(GDB) --args $(DEBUGGED)/tests/$(T)

# Tests that take too long for `make check`; docs/testing.md gives the purpose and duration of each.
check-asan check-tsan check-valgrind check-msan:
	@$(call packages,test $(@:check-%=%))
	@$(SUITE)/check.sh $(@:check-%=%)

# Other machines: 32-bit x86, big-endian s390x and arm64, the last two in an emulator.
check-m32 check-s390x check-arm64:
	@$(call packages,$(@:check-%=%))
	@$(SUITE)/machine.sh $(@:check-%=%)

# $(BUILD)/static/amos, which needs no library of the system; STATIC_CC is musl's compiler if not set.
STATIC_CC ?= musl-gcc
static:
	@$(call packages,static)
	@MAKE='$(make)' BUILD='$(BUILD)' STATIC_CC='$(STATIC_CC)' sh tests/run/static.sh

# How much of the library and of the command the tests run: $(BUILD)/coverage/index.html.
coverage:
	@$(call packages,test coverage)
	@$(SUITE)/check.sh coverage

# Records the binary interface that `make check` compares the library with; see tests/install/abi.sh.
abi-baseline:
	@$(call packages,check)
	@MAKE='$(make)' BUILD='$(BUILD)' sh tests/install/abi.sh record

compile-test-objects: $(TEST_OBJ) $(SUPPORT_OBJ) $(FAULT_OBJ) $(FUZZ_OBJ) $(FUZZ_SHARED_OBJ)

compile-tests: $(TEST_BIN) $(REPLAY_BIN) $(BUILD)/tests/python/batches

TEST_CFLAGS = $(ALL_CFLAGS) -iquote src -iquote cli -iquote . -iquote tests $(FEATURES) $(PNG_CFLAGS) $(CURL_CFLAGS) $(MICROHTTPD_CFLAGS) $(DEP_CFLAGS) \
  $(CHECK_CFLAGS)

COMPILE_TEST = $(CC) $(TEST_CFLAGS) $(CPPFLAGS)
$(sort $(TEST_OBJ) $(SUPPORT_OBJ) $(FAULT_OBJ) $(FUZZ_OBJ) $(FUZZ_SHARED_OBJ)): $(BUILD)/%.o: %.c $(call by,COMPILE_TEST)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(COMPILE_TEST) $(OWN_CFLAGS) -MMD -MP -c $< -o $@

# The Python tests compare their batches with this program's output.
$(BUILD)/tests/python/batches: tests/python/batches.c $(LIBOUT)/libamos.a $(call by,LINKED)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(ALL_CFLAGS) $(DEP_CFLAGS) $(CPPFLAGS) $(LDFLAGS) -MMD -MP $< $(LIBOUT)/libamos.a $(DEP_LIBS) -o $@

# Tests use internal functions of the library and some parts of the command.
$(BUILD)/tests/libcli.a: $(filter-out $(BUILD)/cli/main.o,$(CLI_OBJ)) $(call by,AR CLI_OBJ)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) qcsD $@ $(filter %.o,$^)

# A test program is $(BUILD)/tests/test_NAME, whatever folder its source is in.
$(foreach source,$(TEST_SRC),$(eval $(BUILD)/tests/$(basename $(notdir $(source))): $(source:%.c=$(BUILD)/%.o)))
# SHARED_TESTS=1: the code that test programs share is linked once, as a shared library, compiled with -fPIC
# -fvisibility=default. Test programs with their own heap are linked statically, so that the heap serves all their code.
HEAPED := $(addprefix $(BUILD)/tests/,test_nomem test_bounds test_steps)
SHARING := $(if $(SHARED_TESTS),$(filter-out $(HEAPED),$(TEST_BIN)))
$(SHARING): $(BUILD)/tests/libparts.so
$(filter-out $(SHARING),$(TEST_BIN)): $(SUPPORT_OBJ) $(BUILD)/tests/libcli.a $(BUILD)/libphantom.a $(HTTP_LIB) $(LIBOUT)/libamos.a
$(TEST_BIN): $(call by,LINKED CHECK_LIBS PNG_LIBS)
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(filter %.o,$^) $(filter %.a %.so,$^) -Wl,-rpath,'$$ORIGIN' $(CHECK_LIBS) $(PNG_LIBS) \
	  $(DEP_LIBS) $(DL_LIBS) -o $@

# Code whose steps test_steps counts: the readers of texts and names that come with a data set.
COUNTED_OBJ := $(patsubst %.c,$(BUILD)/counted/%.o,$(filter src/dataset/% src/base/text/%,$(LIB_SRC)))
$(COUNTED_OBJ): $(BUILD)/counted/%.o: %.c tests/support/count.h $(call by,COMPILE_LIB)
	@mkdir -p $(@D)
	@echo "  CC      $< (counted)"
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize-coverage=trace-pc -iquote src $(FEATURES) $(DEP_CFLAGS) $(CPPFLAGS) \
	  -include tests/support/count.h -MMD -MP -c $< -o $@
$(BUILD)/tests/test_steps: $(COUNTED_OBJ)

$(BUILD)/tests/libparts.so: $(SUPPORT_OBJ) $(filter-out %/main.o,$(CLI_OBJ)) $(PHANTOM_OBJ) $(HTTP_OBJ) $(LIB_OBJ) $(call by,LINKED CHECK_LIBS PNG_LIBS)
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -shared $(filter %.o,$^) $(CHECK_LIBS) $(PNG_LIBS) $(DEP_LIBS) $(DL_LIBS) -o $@

# Every operation under adverse conditions; heap.o replaces malloc() and related functions in the whole program.
FAULTY := $(BUILD)/tests/faults
OPERATIONS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/faults/operations*.c)) $(FAULTY)/digest.o $(FAULTY)/world.o
# Its malloc() serves only the code linked with it, not other libraries.
$(FAULTY)/heap.o: private OWN_CFLAGS := -fvisibility=hidden
$(BUILD)/tests/test_nomem: $(OPERATIONS) $(FAULTY)/heap.o
$(BUILD)/tests/test_bounds: $(FAULTY)/heap.o | $(BUILD)/amos
$(BUILD)/tests/test_io_faults: $(OPERATIONS) $(FAULTY)/interpose.o
$(BUILD)/tests/test_read_threads: $(FAULTY)/interpose.o
$(BUILD)/tests/test_loader_faults: $(FAULTY)/interpose.o
$(BUILD)/tests/test_command_faults: $(FAULTY)/interpose.o | $(FAULTY)/interpose.so $(BUILD)/amos
$(BUILD)/tests/test_report_resume: | $(FAULTY)/interpose.so
$(BUILD)/tests/test_command_nomem: | $(FAULTY)/amos
$(BUILD)/tests/test_process: $(OPERATIONS) | $(LIBOUT)/libamos.so

$(FAULTY)/interpose.so: tests/faults/interpose.c $(call by,LINKED)
	@mkdir -p $(@D)
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_CFLAGS) -Itests $(LDFLAGS) -fPIC -shared $< -o $@

# The command with a heap that can fail.
$(FAULTY)/amos: $(CLI_OBJ) $(FAULTY)/heap.o $(BUILD)/libphantom.a $(HTTP_LIB) $(LIBOUT)/libamos.a $(call by,LINKED PNG_LIBS)
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(filter %.o %.a,$^) $(PNG_LIBS) $(DEP_LIBS) $(DL_LIBS) -o $@

# The fuzz targets without a fuzzer, to replay the inputs that are kept with them.
$(REPLAY_BIN): %: %.o $(BUILD)/tests/fuzz/replay.o $(FUZZ_SHARED_OBJ) $(ANSWER_OBJ) $(LIBOUT)/libamos.a $(call by,LINKED)
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(filter %.o,$^) $(filter %.a,$^) $(DEP_LIBS) -o $@

# The parser of requests is the command's.
$(BUILD)/tests/fuzz/fuzz_request $(BUILD)/fuzz_request: $(BUILD)/cli/serve/request.o

# So is the reader of parts.
$(BUILD)/tests/fuzz/fuzz_part $(BUILD)/fuzz_part: $(BUILD)/cli/shard/part.o $(BUILD)/cli/shard/engine.o

# FUZZ_SECONDS=60 is the time for each target, TARGET=gzip runs only that one. See docs/testing.md.
FUZZ_CFLAGS := -g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined \
  -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
FUZZ_SECONDS ?= 60

fuzz:
	@$(call packages,fuzz)
	@$(MAKE) $(AGAIN) BUILD=$(BUILD)/fuzz LIBOUT=$(BUILD)/fuzz/lib CC=clang CFLAGS='$(FUZZ_CFLAGS)' compile-fuzzers
	@BUILD='$(BUILD)/fuzz' FUZZ_SECONDS='$(FUZZ_SECONDS)' TARGET='$(TARGET)' sh tests/fuzz/fuzz.sh

compile-fuzzers: $(FUZZER_BIN)

$(FUZZER_BIN): $(BUILD)/%: $(BUILD)/tests/fuzz/%.o $(FUZZ_SHARED_OBJ) $(ANSWER_OBJ) $(LIBOUT)/libamos.a $(call by,LINKED)
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $(LDFLAGS) $(filter %.o,$^) $(filter %.a,$^) $(DEP_LIBS) -o $@

# AREAS='reading scores' measures these alone; tests/bench/areas has them all. DATA=/path/to/amos22 replaces the generated
# cases, FILES='IMAGE LABEL' its first pair, REAL=FOLDER adds the pairs below a folder. A larger ROUNDS steadies the
# medians. The numbers go to $(BUILD)/bench.json, from which `make bench-page` writes docs/benchmarks.md. No test depends
# on times.
BENCH_CASES ?= 20
ROUNDS ?= 5

bench:
	@$(call packages,bench python)
	@$(MAKE) $(AGAIN) compile compile-bench compile-python
	@[ -e '$(BUILD)/bench/predictions' ] && [ -e '$(BUILD)/bench/dataset.json' ] || \
	  $(BUILD)/amos phantom $(BUILD)/bench --cases $(BENCH_CASES) --size 512x512x120 --predictions
	@PYTHONPATH=$(BUILD)/python /usr/bin/python3 tests/bench/bench.py $(BUILD) '$(or $(DATA),$(BUILD)/bench)' \
	  --rounds $(ROUNDS) --json $(BUILD)/bench.json $(if $(AREAS),--areas '$(AREAS)') $(if $(REAL),--real '$(REAL)') \
	  $(if $(FILES),--files $(FILES))

bench-page:
	@/usr/bin/python3 tests/bench/page.py $(BUILD)/bench.json docs/benchmarks.md

# ITK is compared if its headers are installed; no target installs it, because it is large.
ITK_HEADERS := $(lastword $(sort $(dir $(wildcard /usr/include/ITK-*/itkNiftiImageIO.h))))
ITK_SUFFIX = $(patsubst /usr/include/ITK-%/,%,$(ITK_HEADERS))
BENCH_BIN := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/bench/*.c))) $(if $(ITK_HEADERS),$(BUILD)/tests/bench/bench_itk)

compile-bench: $(BENCH_BIN)

$(BUILD)/tests/bench/bench_itk: tests/bench/bench_itk.cpp
	@mkdir -p $(@D)
	@echo "  CXX     $<"
	$(Q)$(CXX) -O2 -w -isystem $(ITK_HEADERS) $< -o $@ $(addsuffix -$(ITK_SUFFIX),-lITKIONIFTI -lITKIOImageBase -lITKCommon)

# Libraries that the inflate benchmarks compare with; the library itself does not need them.
BENCH_ISAL := $(shell $(PKG_CONFIG) --exists libisal 2>/dev/null && echo 1)
BENCH_LIBDEFLATE := $(shell $(PKG_CONFIG) --exists libdeflate 2>/dev/null && echo 1)
BENCH_PEERS := $(if $(BENCH_ISAL),libisal) $(if $(BENCH_LIBDEFLATE),libdeflate)
BENCH_CFLAGS = $(if $(BENCH_ISAL),-DBENCH_ISAL) $(if $(BENCH_LIBDEFLATE),-DBENCH_LIBDEFLATE) \
  $(if $(strip $(BENCH_PEERS)),$(shell $(PKG_CONFIG) --cflags $(BENCH_PEERS)))
BENCH_LIBS = $(if $(strip $(BENCH_PEERS)),$(shell $(PKG_CONFIG) --libs $(BENCH_PEERS)))

$(BUILD)/tests/bench/%: tests/bench/%.c $(LIBOUT)/libamos.a
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(ALL_CFLAGS) -iquote src $(FEATURES) $(DEP_CFLAGS) $(BENCH_CFLAGS) $(CPPFLAGS) $(LDFLAGS) -MMD -MP $< \
	  $(LIBOUT)/libamos.a $(BENCH_LIBS) $(DEP_LIBS) -o $@

# DATA=/path/to/amos22 uses that data set instead of a generated one; it is only read.
demo:
	@$(install_packages)
	@$(MAKE) $(AGAIN) compile
	@BUILD='$(BUILD)' DATA='$(DATA)' sh examples/demo.sh

# -- Installation ------------------------------------------------------------------------------------------------------

HEADERS := $(filter-out $(if $(CURL),,include/amos/http.h),$(sort $(wildcard include/amos/*.h include/amos/*.hpp)))
CMAKEDIR = $(LIBDIR)/cmake/amos
CMAKE_FILES := amosConfig.cmake amosConfigVersion.cmake amosTargets.cmake
PC_FILES := libamos.pc libamos-static.pc $(if $(CURL),libamos-http.pc)
# Where the shells look for the completion of a command, below the data folder of each prefix.
SHAREDIR ?= $(PREFIX)/share
BASH_COMPLETION = $(SHAREDIR)/bash-completion/completions/amos
ZSH_COMPLETION = $(SHAREDIR)/zsh/site-functions/_amos
FISH_COMPLETION = $(SHAREDIR)/fish/vendor_completions.d/amos.fish
COMPLETIONS = $(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION)
FOLDERS = $(BINDIR) $(INCLUDEDIR)/amos $(LIBDIR)/pkgconfig $(CMAKEDIR) $(MANDIR)/man1 $(MANDIR)/man3 \
  $(patsubst %/,%,$(dir $(COMPLETIONS)))
INSTALLED = $(BINDIR)/amos $(HEADERS:include/%=$(INCLUDEDIR)/%) $(addprefix $(LIBDIR)/,libamos.a $(SOFILE) $(SONAME) \
  libamos.so $(HTTP_FILES) $(PC_FILES:%=pkgconfig/%) $(CMAKE_FILES:%=cmake/amos/%)) $(MANDIR)/man1/amos.1 $(MANDIR)/man3/libamos.3 \
  $(COMPLETIONS)
HTTP_FILES := $(if $(CURL),libamos-http.a $(HTTP_SOFILE) $(HTTP_SONAME) libamos-http.so)
in_prefix = $(patsubst $(PREFIX)/%,$${prefix}/%,$(1))

# $(call fill,TEMPLATE,FILE) installs a file with the values of this build.
values = -e 's|@PREFIX@|$(PREFIX)|;s|@LIBDIR@|$(call in_prefix,$(LIBDIR))|' \
  -e 's|@INCLUDEDIR@|$(call in_prefix,$(INCLUDEDIR))|;s|@VERSION@|$(VERSION)|;s|@SONAME@|$(SONAME)|;s|@SOFILE@|$(SOFILE)|;s|@HTTP_SONAME@|$(HTTP_SONAME)|;s|@HTTP_SOFILE@|$(HTTP_SOFILE)|' \
  -e 's|@REQUIRES@|$(strip $(REQUIRED) $(OPTIONAL))|;s|@NIFTI_LIBS@|$(NIFTI_LIBS)|' \
  -e 's|@STATIC_LIBS@|$(patsubst -l%,%,$(filter-out -lm,$(filter -l%,$(DEP_LIBS))))|' \
  -e 's|@STATIC_FOLDERS@|$(patsubst -L%,%,$(filter -L%,$(DEP_LIBS)))|;s|@POINTER_BYTES@|$(POINTER_BYTES)|' \
  -e 's|@INCLUDE_FROM_HERE@|$(shell realpath -m --relative-to=$(CMAKEDIR) $(INCLUDEDIR))|' \
  -e 's|@LIB_FROM_HERE@|$(shell realpath -m --relative-to=$(CMAKEDIR) $(LIBDIR))|'
POINTER_BYTES = $(shell echo __SIZEOF_POINTER__ | $(CC) $(CFLAGS) -E -P -)
fill = $(Q)sed $(values) $(1) >$(DESTDIR)$(2)
define newline


endef

# A folder that the recipes below, or those who read libamos.pc, could not use is refused before anything is written.
absolute = $(if $(filter-out /%,$($(1))),$(error $(1) is "$($(1))", but must be an absolute path. Use \
  $(1)=$(abspath $(patsubst ~/%,$(HOME)/%,$($(1))))))
plain = $(if $(or $(word 2,$($(1))),$(strip $(foreach c,| & ' " ; $$ * ? [ < > \,$(findstring $c,$($(1)))))),\
  $(error $(1) is "$($(1))", but blanks and shell characters cannot be used. Choose another folder))
ifneq ($(filter install uninstall install-python uninstall-python,$(MAKECMDGOALS)),)
$(foreach f,PREFIX LIBDIR INCLUDEDIR BINDIR MANDIR SHAREDIR $(if $(filter %-python,$(MAKECMDGOALS)),PYTHONDIR),\
  $(call plain,$f)$(call absolute,$f))
$(call plain,DESTDIR)$(if $(filter ~%,$(DESTDIR)),$(call absolute,DESTDIR))
endif

# Says before anything is installed that a folder cannot be written.
writable = for folder in $(addprefix $(DESTDIR),$(1)); do mkdir -p "$$folder" 2>/dev/null && [ -w "$$folder" ] || { \
  echo "$$folder cannot be written; use sudo, or a folder of your own, such as PREFIX=$(HOME)/.local." >&2; exit 1; }; done

install: all
	@$(call writable,$(FOLDERS))
	install -d $(addprefix $(DESTDIR),$(FOLDERS))
	install -m 755 $(BUILD)/amos $(DESTDIR)$(BINDIR)/amos
	install -m 644 $(HEADERS) $(DESTDIR)$(INCLUDEDIR)/amos
	install -m 644 $(LIBOUT)/libamos.a $(DESTDIR)$(LIBDIR)/libamos.a
	install -m 755 $(LIBOUT)/$(SOFILE) $(DESTDIR)$(LIBDIR)/$(SOFILE)
	ln -sf $(SOFILE) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libamos.so
	$(if $(CURL),install -m 644 $(LIBOUT)/libamos-http.a $(DESTDIR)$(LIBDIR)/libamos-http.a)
	$(if $(CURL),install -m 755 $(LIBOUT)/$(HTTP_SOFILE) $(DESTDIR)$(LIBDIR)/$(HTTP_SOFILE))
	$(if $(CURL),ln -sf $(HTTP_SOFILE) $(DESTDIR)$(LIBDIR)/$(HTTP_SONAME))
	$(if $(CURL),ln -sf $(HTTP_SONAME) $(DESTDIR)$(LIBDIR)/libamos-http.so)
	$(foreach f,$(PC_FILES),$(call fill,pkgconfig/$f.in,$(LIBDIR)/pkgconfig/$f)$(newline))
	$(foreach f,$(CMAKE_FILES),$(call fill,packaging/cmake/$f.in,$(CMAKEDIR)/$f)$(newline))
	install -m 644 man/amos.1 $(DESTDIR)$(MANDIR)/man1/amos.1
	install -m 644 man/libamos.3 $(DESTDIR)$(MANDIR)/man3/libamos.3
	install -m 644 packaging/completion/amos.bash $(DESTDIR)$(BASH_COMPLETION)
	install -m 644 packaging/completion/amos.zsh $(DESTDIR)$(ZSH_COMPLETION)
	install -m 644 packaging/completion/amos.fish $(DESTDIR)$(FISH_COMPLETION)
	@[ -n "$(DESTDIR)" ] || ldconfig 2>/dev/null || true

# The package is installed to PYTHONDIR; by default where $(PYTHON) of that PREFIX looks for packages.
install-python: python
	@$(call writable,$(PYTHONDIR))
	install -d $(addprefix $(DESTDIR)$(PYTHONDIR)/amos/,$(PYTHON_ROOMS))
	$(foreach f,$(PYTHON_FILES:python/amos/%=%),install -m 644 python/amos/$f $(DESTDIR)$(PYTHONDIR)/amos/$f$(newline))
	install -m 755 $(PACKAGE)/_amos.abi3.so $(DESTDIR)$(PYTHONDIR)/amos/_amos.abi3.so

# Removes those of the folders that have become empty, and those above them up to the prefix (or DESTDIR). Those of the
# system stay.
remove_empty = $(if $(filter /usr /usr/local,$(DESTDIR)$(PREFIX)),true,for folder in $(addprefix $(DESTDIR),$(1)); do \
  while case $$folder in ($(or $(DESTDIR),$(PREFIX))/*) rmdir "$$folder" 2>/dev/null ;; (*) false ;; esac; do \
    folder=$${folder%/*}; done; done)

uninstall-python:
	rm -rf $(DESTDIR)$(PYTHONDIR)/amos
	@$(call remove_empty,$(PYTHONDIR))

uninstall:
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))
	@$(if $(filter /usr /usr/local,$(DESTDIR)$(PREFIX)),rmdir $(INCLUDEDIR)/amos $(CMAKEDIR) 2>/dev/null || true)
	@$(call remove_empty,$(FOLDERS))
	@[ -n "$(DESTDIR)" ] || ldconfig 2>/dev/null || true

# -- Source archive ----------------------------------------------------------------------------------------------------

DIST := libamos-$(VERSION)
# The files that git knows; in an archive, which has no git, all but results.
SOURCES = { git ls-files 2>/dev/null || find . -type f ! -path './$(BUILD)/*' ! -path './lib/*' ! -name '*.pyc' | \
  sed 's|^\./||'; } | LC_ALL=C sort
# The same files give the same bytes. SOURCE_DATE_EPOCH is the time of all files.
EPOCH = $(or $(SOURCE_DATE_EPOCH),315532800)

dist:
	@$(writable_build)
	@$(SOURCES) | tar -c --files-from=- --transform='s|^|$(DIST)/|' --owner=0 --group=0 --numeric-owner --mode=go-w,a+rX \
	  --mtime=@$(EPOCH) --format=ustar | gzip -9n >$(BUILD)/$(DIST).tar.gz
	@echo '$(BUILD)/$(DIST).tar.gz'

# Debian packages, built from the archive: $(BUILD)/deb/*.deb. DEB_BUILD_OPTIONS=nocheck leaves out the tests.
deb: dist
	@$(call packages,python deb)
	@rm -rf $(BUILD)/deb && mkdir -p $(BUILD)/deb && tar -xzf $(BUILD)/$(DIST).tar.gz -C $(BUILD)/deb
	@sh packaging/debian/debian.sh $(BUILD)/deb/$(DIST) $(VERSION)
	cd $(BUILD)/deb/$(DIST) && env -u MAKEFLAGS -u MAKELEVEL dpkg-buildpackage --no-sign --build=binary
	lintian --fail-on error,warning $(BUILD)/deb/*.changes
	@ls $(BUILD)/deb/*.deb

# A bill of materials: the sources, and what this build links.
sbom: all
	@/usr/bin/python3 packaging/sbom.py $(BUILD) >$(BUILD)/$(DIST).spdx.json
	@echo '$(BUILD)/$(DIST).spdx.json'

# Build, packages and wheel in new roots of Debian that have nothing else; needs root, debootstrap and the network.
# RELEASES='bookworm' and STEPS='build wheel' select some.
check-roots: dist
	@$(call packages,python roots)
	@rm -rf $(BUILD)/roots-wheel && mkdir -p $(BUILD)/roots-wheel
	@PYTHONPATH=python /usr/bin/python3 -c 'import amos_build; amos_build.build_wheel("$(BUILD)/roots-wheel")'
	@BUILD='$(BUILD)' sh tests/run/roots.sh $(BUILD)/roots $(RELEASES)

# Builds, tests, installs and uninstalls from the archive alone.
distcheck: dist
	@MAKE='$(make)' BUILD='$(BUILD)' DIST='$(DIST)' sh tests/run/distcheck.sh

# -- Maintenance -------------------------------------------------------------------------------------------------------

C_FILES = $(wildcard include/amos/*.h include/amos/*.hpp http/*.[ch] src/*/*.[ch] src/*/*/*.[ch] cli/*.[ch] cli/*/*.[ch] phantom/*.[ch] phantom/*/*.[ch] \
  python/src/*.[ch] tests/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch] examples/*.c examples/*.cpp)

format:
	@$(call packages,format)
	clang-format -i $(C_FILES)

lint:
	@$(call packages,examples python test lint)
	@$(MAKE) $(AGAIN) lint-all

lint-all: lint-texts $(TIDIED:%=tidy/%) $(ANALYSED:%=analyse/%)

# With POSIX a NULL at the end of variable arguments is a pointer. python.cfg describes the macros with braces.
lint-texts: lint-c lint-sh lint-format

lint-c:
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
	  --suppress=varFuncNullUB --library=python -Iinclude -Isrc -Icli -I. -Itests $(FEATURES) \
	  src http cli phantom python/src tests examples

# clang-format 14, as Debian 12 has it; others format a few lines otherwise.
lint-format:
	@clang-format --dry-run -Werror $(C_FILES)

lint-sh:
	shellcheck packages.sh .ci/run cli/viewer/*.sh examples/*.sh tests/*/*.sh tests/*/*/*.sh packaging/debian/*.sh packaging/debian/tests/programs

lint_flags = $(if $(filter %.cpp,$(1)),$(CXX_CFLAGS),$(if $(filter python/%,$(1)),$(PYTHON_CFLAGS),$(TEST_CFLAGS)))

$(TIDIED:%=tidy/%): tidy/%:
	@echo "  TIDY    $*"
	$(Q)said=$$(clang-tidy --quiet $* -- $(call lint_flags,$*) 2>&1) || { echo "$$said"; false; }

# With the flags of the build, because the analyser works on the optimised code. gcc 12 takes memory for lost that is put
# into a struct which a pointer leads to; clang's analyser, by clang-tidy, and AddressSanitizer look for leaks.
$(ANALYSED:%=analyse/%): analyse/%:
	@echo "  ANALYSE $*"
	$(Q)gcc $(filter-out $(WARNINGS),$(call lint_flags,$*)) -DAMOSI_ANALYZER -fanalyzer -Wno-analyzer-malloc-leak -Werror -c $* -o /dev/null

# The headers and the pages of docs/ as HTML: $(BUILD)/docs/html/index.html. A wrong comment or link is an error.
docs:
	@$(call packages,docs)
	@mkdir -p $(BUILD)/docs
	@{ cat docs/doxygen/Doxyfile; echo 'PROJECT_NUMBER = $(VERSION)'; echo 'OUTPUT_DIRECTORY = $(BUILD)/docs'; } | doxygen -
	@echo 'The pages are in $(BUILD)/docs/html/index.html'

clean:
	rm -rf build lib/*
	@rmdir lib 2>/dev/null || true

help:
	@echo 'make            lib/libamos.a, lib/libamos.so.*, build/amos'
	@echo 'make demo       runs the main commands on a generated data set, or on DATA=/path/to/amos22'
	@echo 'make test       the quick tests; the last line says how many passed and failed. T=test_score runs one program'
	@echo '                or script, CASE=masks one case of it; make debug T=test_score CASE=masks starts gdb'
	@echo 'make check      every test, also with clang, in a minimal build and under sanitizers'
	@echo 'make deps       installs missing Debian packages; GROUPS="check bench" adds groups of packages.txt'
	@echo 'make python     build/python/amos, the Python package'
	@echo 'make fuzz       runs each fuzz target for FUZZ_SECONDS (60), or TARGET=gzip alone'
	@echo 'make check-asan, check-tsan, check-valgrind, check-msan   the tests under each of these'
	@echo 'make check-m32, check-s390x, check-arm64        the tests on other machines'
	@echo 'make static     build/static/amos, a command that needs no library of the system'
	@echo 'make coverage   which lines and branches the tests run'
	@echo 'make dist       an archive of the sources; distcheck builds, tests and installs from it'
	@echo 'make deb        Debian packages'
	@echo 'make bench      reading speed, compared with other libraries and the limits'
	@echo 'make examples   build/examples/*'
	@echo 'make install    into PREFIX (/usr/local), LIBDIR (PREFIX/lib); DESTDIR for packagers'
	@echo 'make uninstall  uses the same variables'
	@echo 'make install-python, uninstall-python   into PYTHONDIR; PYTHON (/usr/bin/python3)'
	@echo 'make abi-baseline  records the binary interface that make check compares with'
	@echo 'make docs       build/docs/html: the headers and the pages of docs/ as HTML'
	@echo 'make format     clang-format'
	@echo 'make lint       clang-tidy, cppcheck, shellcheck, gcc -fanalyzer'
	@echo 'make clean      removes build/ and the content of lib/'
	@echo
	@echo 'Variables: CC, CXX, CFLAGS, CXXFLAGS, LDFLAGS, BUILD (folder; lib/ is used for "build" only), V=1 (show the'
	@echo 'commands), WITH_LZ4, WITH_ISAL, WITH_LIBDEFLATE, WITH_LIBPNG, WITH_CURL, WITH_MICROHTTPD (auto, 1 or 0), NIFTI_CFLAGS,'
	@echo 'NIFTI_LIBS.'
	@echo 'make demo and make test install missing Debian packages (packages.txt); the others only report them.'

-include $(LIB_OBJ:.o=.d) $(HTTP_OBJ:.o=.d) $(COUNTED_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(PHANTOM_OBJ:.o=.d) $(TEST_OBJ:.o=.d) $(SUPPORT_OBJ:.o=.d) $(FAULT_OBJ:.o=.d) $(FUZZ_OBJ:.o=.d) \
  $(FUZZ_SHARED_OBJ:.o=.d) $(EXAMPLE_BIN:=.d) $(PYTHON_OBJ:.o=.d)
FORCE:
.PHONY: all deps check debug lint-c lint-sh lint-format compile python compile-python install-python uninstall-python examples compile-examples test compile-tests compile-test-objects demo install uninstall format lint lint-all lint-texts fuzz \
  compile-fuzzers bench bench-page compile-bench dist distcheck deb sbom check-roots coverage check-asan check-tsan check-valgrind check-msan check-m32 check-s390x check-arm64 static abi-baseline docs \
  $(TIDIED:%=tidy/%) $(ANALYSED:%=analyse/%) clean help FORCE
.DELETE_ON_ERROR:
