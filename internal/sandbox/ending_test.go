package sandbox

import (
	"bytes"
	"encoding/gob"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/host"
)

// TestHowAProcessEnded: the keeper's exit code and words, and what of the journal it
// still has to do: whatever was taken and not returned, up to a record that was cut.
func TestHowAProcessEnded(t *testing.T) {
	exited := func(code int) unix.WaitStatus { return unix.WaitStatus(code << 8) }
	killed := func(by unix.Signal) unix.WaitStatus { return unix.WaitStatus(by) }
	for name, c := range map[string]struct {
		status  unix.WaitStatus
		stopped bool
		journal []taken
		cut     bool // the last record
		code    int
		says    string // all of it, empty for nothing
		gone    bool   // the directory that was made
	}{
		"well":                  {status: exited(4), code: 4},
		"well, all returned":    {status: exited(0), journal: []taken{{Kind: madeDirectory}, {Kind: returned}}},
		"early":                 {status: exited(3), journal: []taken{{Kind: madeDirectory}}, code: 3, says: "this step has ended early; the runner's", gone: true},
		"early, a record cut":   {status: exited(3), journal: []taken{{Kind: madeDirectory}}, cut: true, code: 3},
		"no memory":             {status: killed(unix.SIGKILL), journal: []taken{{Kind: madeDirectory}}, code: host.ExitFailed, says: "memory is short", gone: true},
		"a crash":               {status: killed(unix.SIGSEGV), code: host.ExitFailed, says: "was killed (segmentation fault)"},
		"killed after the time": {status: killed(unix.SIGKILL), stopped: true, code: host.ExitInterrupted, says: "this step was killed (killed) before it was done"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "made")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			var journal, out bytes.Buffer
			to := gob.NewEncoder(&journal)
			for _, r := range c.journal {
				r.Dir = dir
				if err := to.Encode(r); err != nil {
					t.Fatal(err)
				}
			}
			if c.cut {
				journal.Truncate(journal.Len() - 1)
			}
			k := &keeper{out: &out}
			k.listen(&journal)
			read := make(chan struct{})
			close(read)
			if code := k.end(c.status, c.stopped, read); code != c.code {
				t.Errorf("code %d, want %d", code, c.code)
			}
			if got := out.String(); !strings.Contains(got, c.says) || (c.says == "") != (got == "") {
				t.Errorf("said %q, want %q", got, c.says)
			}
			if _, err := os.Stat(dir); (err != nil) != c.gone {
				t.Errorf("the directory: %v", err)
			}
		})
	}
}

// TestNothingThatCannotBeGivenBackIsSilent: the exit code is a failure's, and the reason is
// said.
func TestNothingThatCannotBeGivenBackIsSilent(t *testing.T) {
	var out bytes.Buffer
	k := &keeper{out: &out, taken: []taken{{Kind: "of another version", Dir: filepath.Join(t.TempDir(), "gone")}}}
	read := make(chan struct{})
	close(read)
	if code := k.end(unix.WaitStatus(0), false, read); code != host.ExitFailed || !strings.Contains(out.String(), "are not as they were") {
		t.Errorf("code %d, %q", code, out.String())
	}
}

// TestDescriptorTakesAll: what is written to it arrives, also where the pipe is small.
func TestDescriptorTakesAll(t *testing.T) {
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	sent := bytes.Repeat([]byte("journal"), 50_000)
	go func() {
		defer unix.Close(pipe[1])
		_, _ = descriptor(pipe[1]).Write(sent)
	}()
	var got bytes.Buffer
	from := os.NewFile(uintptr(pipe[0]), "journal")
	defer from.Close()
	if _, err := got.ReadFrom(from); err != nil || !bytes.Equal(got.Bytes(), sent) {
		t.Errorf("%d bytes of %d, %v", got.Len(), len(sent), err)
	}
	if _, err := descriptor(-1).Write(sent); err == nil {
		t.Error("no descriptor took something")
	}
}
