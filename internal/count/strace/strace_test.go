package strace

import (
	"maps"
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestCalls(t *testing.T) {
	tests := map[string]struct {
		text string
		want map[string]int
	}{
		"nothing":          {"", map[string]int{}},
		"one process":      {"read(0x5, 0x7f, 0x400)            = 0x58\n", map[string]int{"read": 1}},
		"several":          {"12 read(0x5) = 0x1\n[pid   13] write(0x5) = 0x1\n", map[string]int{"read": 1, "write": 1}},
		"a long one":       {"12 epoll_wait(0x6 <unfinished ...>\n13 read(0x1) = 0\n12 <... epoll_wait resumed>) = 0x1\n", map[string]int{"epoll_wait": 1, "read": 1}},
		"one without end":  {"12 epoll_wait(0x6 <unfinished ...>\n", map[string]int{}},
		"nothing there":    {"12 read(0x5) = -1 EAGAIN (Resource temporarily unavailable)\n", map[string]int{}},
		"interrupted":      {"12 <... futex resumed>) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)\n12 poll() = -1 EINTR (Interrupted system call)\n", map[string]int{}},
		"a failure counts": {"12 connect(0x9) = -1 EINPROGRESS (Operation now in progress)\n12 openat(0x1) = -1 ENOENT (No such file or directory)\n", map[string]int{"connect": 1, "openat": 1}},
		"ends":             {"12 exit_group(0) = ?\n12 +++ exited with 0 +++\n--- SIGTERM {si_signo=SIGTERM} ---\n", map[string]int{}},
		"an unknown call":  {"12 syscall_0x1ff(0, 0) = -1 ENOSYS\n", map[string]int{"syscall_0x1ff": 1}},
		"something else":   {"hello\nread\nREAD(0) = 0\n(0) = 1\n", map[string]int{}},
	}
	for name, tt := range tests {
		got, err := Calls(strings.NewReader(tt.text))
		if err != nil || !maps.Equal(got, tt.want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, tt.want)
		}
	}
}

func TestCallsRefuses(t *testing.T) {
	var many strings.Builder
	for i := range mostNames + 1 {
		many.WriteString("12 call" + strconv.Itoa(i) + "() = 0\n")
	}
	for name, text := range map[string]string{"names without end": many.String(), "a line without end": strings.Repeat("x", longestLine+1)} {
		if calls, err := Calls(strings.NewReader(text)); err == nil {
			t.Errorf("%s: %d calls and no error", name, len(calls))
		}
	}
}

// TestSample: the counts are those that strace -c has of the same process, a
// cat of one file (strace -f -c and strace -f -e raw=all, of cat testdata/calls.txt).
func TestSample(t *testing.T) {
	file, err := os.Open("testdata/calls.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got, err := Calls(file)
	if err != nil {
		t.Fatal(err)
	}
	want := summary(t)
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// summary reads what strace -c has printed.
func summary(t *testing.T) map[string]int {
	t.Helper()
	text, err := os.ReadFile("testdata/summary.txt")
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]int{}
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) < 5 || f[len(f)-1] == "total" || f[len(f)-1] == "syscall" || strings.HasPrefix(f[0], "-") {
			continue
		}
		if calls[f[len(f)-1]], err = strconv.Atoi(f[3]); err != nil {
			t.Fatal(err)
		}
	}
	return calls
}

func FuzzCalls(f *testing.F) {
	f.Add("12 read(0x5) = 0x1\n[pid 7] <... futex resumed>) = 0\n")
	f.Fuzz(func(t *testing.T, text string) {
		calls, err := Calls(strings.NewReader(text))
		if err != nil {
			return
		}
		sum := 0
		for name, n := range calls {
			if name == "" || n < 1 {
				t.Errorf("%q: %d", name, n)
			}
			sum += n
		}
		if lines := strings.Count(text, "\n") + 1; sum > lines {
			t.Errorf("%d calls on %d lines", sum, lines)
		}
	})
}
