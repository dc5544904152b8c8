package gateway

import (
	"debug/elf"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/org/proxy-bench-action/internal/plain"
)

// What the loader and shells say of a program that was made for another machine: a newer C
// or C++ library, another library, another processor. glibc and dash, bash and busybox.
var (
	newerLibrary = regexp.MustCompile("version [`'\"]?((?:GLIBC|GLIBCXX|CXXABI|GCC)_[0-9.]+)['\"]? not found")
	noLibrary    = regexp.MustCompile(`(?:error while loading shared libraries|Error loading shared library):? ([^\s:]+): (?:cannot open|No such)`)
	otherFormat  = regexp.MustCompile(`(?i)([^\s:]+): (?:cannot execute(?: binary file)?: )?exec format error`)
	notFound     = regexp.MustCompile(`(?m)([^\s:]+): (?:not found|cannot execute: required file not found|No such file or directory)$`)
)

// What programs say, and the runtimes of Go and Node, of a machine that is used up.
var (
	diskFull  = regexp.MustCompile(`(?i)no space left on device|\bENOSPC\b|disk quota exceeded`)
	filesOpen = regexp.MustCompile(`(?i)too many open files|\bEMFILE\b|\bENFILE\b`)
)

// elsewhere is where to build what an older C library has to run.
const elsewhere = "build it here (gateway.build), or on a system that is no newer (in a workflow: runs-on: ubuntu-24.04), " +
	"or link it statically (CGO_ENABLED=0 for Go, the target x86_64-unknown-linux-musl for Rust)"

// misfit is what to do about a program that the machine cannot run, as the end of its
// output tells; empty when that tells of none.
func misfit(output []byte, dir string) string {
	switch {
	case diskFull.Match(output):
		return "a disk is full: have it write less, or free some before (on a hosted runner: remove toolchains that the job does not need)"
	case filesOpen.Match(output):
		return "it had more files open than it may: raise the limit (ulimit -n, docker run --ulimit nofile=…), or have it close what it no longer needs"
	}
	if m := newerLibrary.FindSubmatch(output); m != nil {
		return "a program was built against a newer library (" + string(m[1]) + ") than this machine has: " + elsewhere
	}
	if m := noLibrary.FindSubmatch(output); m != nil {
		return "this machine has no " + plain.Clean(string(m[1])) + ": link it statically, or have gateway.build bring it and gateway.start name its directory in LD_LIBRARY_PATH"
	}
	if m := otherFormat.FindSubmatch(output); m != nil {
		return plain.Clean(string(m[1])) + " is no program for this machine (" + runtime.GOARCH + "): build it here (gateway.build), or on a machine of the same processor"
	}
	for _, m := range notFound.FindAllSubmatch(output, -1) {
		name := string(m[1])
		if !strings.Contains(name, "/") {
			continue // looked for on PATH
		}
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		if loader := loaderOf(name); loader != "" {
			return plain.Clean(string(m[1])) + " is there, but not what loads it (" + plain.Clean(loader) + "), as it was built for another C library: " + elsewhere
		}
	}
	return ""
}

// loaderOf is the loader that a program asks for, where this machine lacks it.
func loaderOf(program string) string {
	// A pipe or a device would be waited for.
	if info, err := os.Stat(program); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	f, err := elf.Open(program)
	if err != nil {
		return ""
	}
	defer f.Close()
	for _, part := range f.Progs {
		if part.Type != elf.PT_INTERP || part.Filesz > 4096 {
			continue
		}
		text := make([]byte, part.Filesz)
		if _, err := part.ReadAt(text, 0); err != nil {
			return ""
		}
		loader := strings.TrimRight(string(text), "\x00")
		if _, err := os.Stat(loader); errors.Is(err, fs.ErrNotExist) {
			return loader
		}
	}
	return ""
}
