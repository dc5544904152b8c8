// Package host is the ground that a command stands on: the outside world in one
// struct, the errors that decide how a process ends, the table of its exit codes,
// and its version. It must know nothing of measuring, deciding or GitHub.
package host

import (
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// World is everything outside the program but its files.
type World struct {
	Args           []string // without the program's name
	Environ        []string // NAME=value
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Now            func() time.Time
}

// Process is the world of the process that calls it.
func Process() World {
	return World{
		Args: os.Args[1:], Environ: os.Environ(),
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now,
	}
}

// Getenv is a variable of the environment, empty when it is not set.
func (w World) Getenv(name string) string {
	for _, pair := range w.Environ {
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	return ""
}

// Color says whether standard output is a terminal that wants colours.
func (w World) Color() bool { return IsTerminal(w.Stdout) && w.Getenv("NO_COLOR") == "" }

// Width is how many columns the terminal of standard output has, 0 where there is none.
func (w World) Width() int {
	f, ok := w.Stdout.(*os.File)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

// IsTerminal says whether somebody looks at what is written to w.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
