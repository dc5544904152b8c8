package program

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// Toolchain names what has built the programs among the files, as they say it
// themselves: go1.26.1 or rustc 1.94.0; empty where none does.
//
// The files are not trusted, so they are searched for the marks that both compilers
// leave. The standard library's readers of executables are not made for that.
func (f Files) Toolchain() string {
	var all []string
	for _, path := range slices.Sorted(maps.Keys(f)) {
		if name := toolchainOfFile(path); name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return strings.Join(all, ", ")
}

// maxProgram is how much of a program is searched, in bytes.
const maxProgram = 256 << 20

func toolchainOfFile(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return toolchain(io.LimitReader(file, maxProgram))
}

// window is how much is searched at once, and mark the most that a mark takes: windows
// overlap by that much, so that none is cut in two.
const window, mark = 1 << 20, 256

// toolchain looks for Go's mark first: texts of a program may look like Rust's.
func toolchain(program io.Reader) string {
	buffer, kept, rust := make([]byte, window), 0, ""
	for first := true; ; first = false {
		n, err := io.ReadFull(program, buffer[kept:])
		some := buffer[:kept+n]
		if first && !bytes.HasPrefix(some, []byte("\x7fELF")) {
			return "" // such as a script that names a version
		}
		if name := goIn(some); name != "" {
			return name
		}
		rust = cmp.Or(rust, rustIn(some))
		if err != nil {
			return rust
		}
		kept = copy(buffer, some[len(some)-mark:])
	}
}

var (
	// goMark begins what debug/buildinfo reads. The format since Go 1.18 has a flag in
	// its 16th byte, and at its 33rd the version with its length before it.
	goMark    = []byte("\xff Go buildinf:")
	goVersion = regexp.MustCompile(`^go\d+\.\d+[\w.-]*`)
	rustMark  = []byte("rustc version ") // in the section .comment
	version   = regexp.MustCompile(`^(\d+\.\d+\.\d+[\w.-]*) \([0-9a-f]+ \d+-\d+-\d+\)`)
)

// goIn is the version at a mark of Go; empty without one.
func goIn(some []byte) string {
	for _, at := range places(some, goMark) {
		const inline, length = 2, 32
		if len(at) <= length || at[len(goMark)+1]&inline == 0 {
			continue
		}
		n, size := binary.Uvarint(at[length:min(len(at), mark)])
		if text := at[min(len(at), length+max(size, 0)):]; size > 0 && n <= mark {
			if name := goVersion.Find(text[:min(uint64(len(text)), n)]); name != nil {
				return string(name)
			}
		}
	}
	return ""
}

// rustIn is the version at a mark of Rust; empty without one.
func rustIn(some []byte) string {
	for _, at := range places(some, rustMark) {
		if name := version.FindSubmatch(at[len(rustMark):min(len(at), mark)]); name != nil {
			return "rustc " + string(name[1])
		}
	}
	return ""
}

// places are what follows from each place of a mark, with it.
func places(some, mark []byte) (all [][]byte) {
	for {
		i := bytes.Index(some, mark)
		if i < 0 {
			return all
		}
		all, some = append(all, some[i:]), some[i+len(mark):]
	}
}
