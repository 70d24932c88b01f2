# libamos. `make help` lists the targets. Everything is built below $(BUILD); the libraries of the default build
# are put into lib/.

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

VERSION := $(shell sed -n 's/^\#define AMOS_VERSION_STRING "\(.*\)"/\1/p' include/amos/export.h)
SONAME := libamos.so.0
SOFILE := libamos.so.$(VERSION)

PKG_CONFIG ?= pkg-config
# WITH_X = auto (used when found), 1 (must be there), 0 (off)
WITH_ISAL ?= auto
WITH_LIBDEFLATE ?= auto
WITH_LIBPNG ?= auto
found = $(if $(filter 0,$(1)),,$(if $(filter 1,$(1)),1,$(shell $(PKG_CONFIG) --exists $(2) 2>/dev/null && echo 1)))
ISAL := $(call found,$(WITH_ISAL),libisal)
LIBDEFLATE := $(call found,$(WITH_LIBDEFLATE),libdeflate)
LIBPNG := $(call found,$(WITH_LIBPNG),libpng)
REQUIRED := zlib libcjson
OPTIONAL := $(if $(ISAL),libisal) $(if $(LIBDEFLATE),libdeflate)
NIFTI_CFLAGS ?= -isystem /usr/include/nifti
NIFTI_LIBS ?= -lnifti2

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -pedantic
FEATURES := $(if $(ISAL),-DAMOS_HAVE_ISAL) $(if $(LIBDEFLATE),-DAMOS_HAVE_LIBDEFLATE)
# No fused multiply-add: the same file gives the same values on every machine.
ALL_CFLAGS = -std=c11 -Iinclude $(WARNINGS) -fvisibility=hidden -ffp-contract=off -pthread $(CFLAGS)
DEP_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(REQUIRED) $(OPTIONAL)) $(NIFTI_CFLAGS)
DEP_LIBS = $(shell $(PKG_CONFIG) --libs $(OPTIONAL) $(REQUIRED)) $(NIFTI_LIBS) -lm -pthread
PNG_LIBS = $(if $(LIBPNG),$(shell $(PKG_CONFIG) --libs libpng))
PNG_CFLAGS = $(if $(LIBPNG),-DAMOS_HAVE_LIBPNG $(shell $(PKG_CONFIG) --cflags libpng))

LIB_SRC := $(sort $(wildcard src/base/*.c src/io/*.c src/nifti/*.c src/volume/*.c src/label/*.c src/dataset/*.c))
CLI_SRC := $(sort $(wildcard src/cli/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/%.o)

all: $(LIBOUT)/libamos.a $(LIBOUT)/libamos.so $(BUILD)/amos

$(LIB_OBJ): $(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Isrc -fPIC $(FEATURES) $(DEP_CFLAGS) $(CPPFLAGS) -MMD -MP -c $< -o $@

$(CLI_OBJ): $(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Isrc/cli $(PNG_CFLAGS) $(CPPFLAGS) -MMD -MP -c $< -o $@

$(LIBOUT)/libamos.a: $(LIB_OBJ)
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rcs $@ $^

$(LIBOUT)/libamos.so: $(LIB_OBJ) src/libamos.map
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=src/libamos.map -Wl,-z,defs \
	  $(LIB_OBJ) $(DEP_LIBS) -o $(LIBOUT)/$(SOFILE)
	ln -sf $(SOFILE) $(LIBOUT)/$(SONAME)
	ln -sf $(SONAME) $@

# The command is linked statically with libamos, so that it runs from the build tree as it is.
$(BUILD)/amos: $(CLI_OBJ) $(LIBOUT)/libamos.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(CLI_OBJ) $(LIBOUT)/libamos.a $(PNG_LIBS) $(DEP_LIBS) -lz -o $@

clean:
	rm -rf build lib/*

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d)
.PHONY: all clean
