package count

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/gateway"
)

// fixed are the variables under which a gateway does the same work each time: one
// thread, where its runtime takes such a setting, and nothing drawn at random. Go aborts
// under Valgrind when it interrupts its goroutines by signals. Its collector would make
// one batch in four cost half as much again: it is off, and allocations are counted.
var fixed = map[string]string{
	"GODEBUG":              "asyncpreemptoff=1",
	"GOMAXPROCS":           "1",
	"GOGC":                 "off",
	"GOMEMLIMIT":           "1GiB",
	"TOKIO_WORKER_THREADS": "1",
	"RAYON_NUM_THREADS":    "1",
	"GLIBC_TUNABLES":       "glibc.malloc.arena_max=1",
	"PYTHONHASHSEED":       "0",
}

// lists are those of them that hold several settings, with what stands between two.
var lists = map[string]string{"GODEBUG": ",", "GLIBC_TUNABLES": ":"}

// settings are what instructions of a gateway are counted under: the fixed variables, with
// what the environment adds to lists. What its configuration adds is the gateway's own.
func settings(s gateway.Spec) map[string]string {
	all := maps.Clone(fixed)
	for name, between := range lists {
		if before := valueOf(s.Env, name); before != "" && s.Own[name] == "" {
			all[name] = before + between + all[name]
		}
	}
	all["valgrind"] = strings.Join(scheduling, " ")
	return all
}

// scheduling has threads take turns, whatever the machine does besides.
var scheduling = []string{"--fair-sched=yes"}

// fix gives a gateway the fixed variables. Its own values stay in lists, and are
// replaced elsewhere.
func fix(s *gateway.Spec) {
	own := maps.Clone(s.Own)
	if own == nil {
		own = map[string]string{}
	}
	for name, value := range fixed {
		before := own[name]
		if before == "" {
			before = valueOf(s.Env, name)
		}
		if between, ok := lists[name]; ok && before != "" {
			value = before + between + value
		}
		own[name] = value
	}
	s.Own = own
}

// valueOf is the last value of a variable; empty without one.
func valueOf(env []string, name string) string {
	for _, pair := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	return ""
}

const (
	// openFiles is the limit of open files of a gateway under Valgrind, which wants to
	// keep a list of all. Docker's limit is 2³⁰.
	openFiles = 4096
	// profiles and pipes begin the names of files in our directory.
	profiles = "profile"
	pipes    = "vgdb"
)

// helpers are programs that start lines use before the gateway runs. Valgrind would make
// each of them take half a second. None of them may become the gateway, as env does.
var helpers = strings.Fields("*/cat */chmod */cp */cut */date */dirname */basename */envsubst */getconf */grep */head */id */ln */mkdir */mktemp */mv */nproc */printf */readlink */realpath */rm */sed */seq */sleep */sort */tail */tee */test */touch */tr */uname")

// underValgrind is the start line under callgrind, which writes into dir. Counting is off
// until it is switched on.
func (t Tools) underValgrind(line, dir string) string {
	args := slices.Concat([]string{
		t.Valgrind, "-q", "--command-line-only=yes", "--tool=callgrind",
		"--instr-atstart=no", "--trace-children=yes", "--trace-children-skip=" + strings.Join(helpers, ","),
		"--vgdb-prefix=" + filepath.Join(dir, pipes), "--callgrind-out-file=" + strings.ReplaceAll(filepath.Join(dir, profiles), "%", "%%") + ".%p",
	}, scheduling, []string{"/bin/sh", "-c", line})
	return fmt.Sprintf("ulimit -n %d 2>/dev/null; exec %s", openFiles, quoted(args))
}

// underStrace is the start line under strace, which writes to the file. Told to write to
// a file by an option, it would keep lines back; it does not on its standard error. The
// gateway gets its own standard error back.
func (t Tools) underStrace(line, file string) string {
	args := []string{
		t.Strace, "-f", "-qq", "-e", "raw=all", "-e", "signal=none",
		"/bin/sh", "-c", "exec 2>&9 9>&-\n" + line,
	}
	return fmt.Sprintf("exec 9>&2 2>%s; exec %s", quote(file), quoted(args))
}

// quoted are words as a shell takes them.
func quoted(words []string) string {
	all := make([]string, len(words))
	for i, word := range words {
		all[i] = quote(word)
	}
	return strings.Join(all, " ")
}

func quote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
