package count

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/load"
)

// The test binary is also the supervisor and the gateway of the tests.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == gateway.SuperviseCommand:
		os.Exit(gateway.Supervise(os.Args[2:]))
	case len(os.Args) > 1 && os.Args[1] == "toy":
		fmt.Fprintln(os.Stderr, toy())
		os.Exit(1)
	}
	// Most tests wait for a toy that is left alone: more of them run at a time than there are
	// processors. An option on the command line comes later, and wins.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err) // there is such a flag
	}
	os.Exit(m.Run())
}

const api = llmapi.Chat

// toy answers rightly. It appends a byte to the file SERVED for each request, and prints
// as if it were traced, if the fake strace has opened descriptor 7 for it.
func toy() error {
	served, err := os.OpenFile(os.Getenv("SERVED"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	traced := os.NewFile(7, "traced")
	answer := llmapi.JSONAnswer(api, llmapi.DefaultShape())
	n := 0
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			n++
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = served.Write([]byte("."))
			_, _ = traced.WriteString("12 read(0x5) = 0x1\n12 read(0x5) = -1 EAGAIN (not yet)\n[pid  13] futex(0x1) = 0\n12 write(0x5 <unfinished ...>\n12 <... write resumed>) = 1\n12 write(0x6) = 0x1\n")
			if at := os.Getenv("DIES_AT"); at == fmt.Sprint(n) {
				os.Exit(7)
			}
		}
		_, _ = w.Write(answer)
	})
	l, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		return err
	}
	return http.Serve(l, nil)
}

// bed is where a toy is counted by tools that are not the real ones: a profile has 1000
// instructions for a request and 500 for being written, which cannot vary.
type bed struct {
	dir   string
	spec  gateway.Spec
	tools Tools
	plan  Plan
}

// valgrindScript begins as Valgrind does: with a pipe for the process, and not with more
// open files than it can list.
const valgrindScript = `#!/bin/sh
[ "$(ulimit -n)" = 4096 ] || exit 9
for a; do case $a in --vgdb-prefix=*) prefix=${a#*=};; esac; done
: > "$prefix-from-vgdb-to-$$-by-some one-on-???"
while [ "$1" != /bin/sh ]; do shift; done
exec "$@"
`

// vgdbScript does what callgrind does with the commands that it gets by vgdb.
const vgdbScript = `#!/bin/sh
for a; do case $a in --vgdb-prefix=*) prefix=${a#*=};; --pid=*) pid=${a#*=};; esac; last=$a; done
[ "$LOGNAME" = "some one" ] && [ "$HOST" = "???" ] || exit 3
[ "$last" = dump ] || exit 0
out=$(dirname "$prefix")/profile.$pid.1
now=$(wc -c < SERVED)
n=$((now - $(cat SERVED.seen)))
echo $now > SERVED.seen
cat > "$out" <<END
pid: $pid
positions: line
events: Ir
ob=/bin/toy
fl=toy.c
fn=main
1 500
cob=/lib/libc.so.6
cfn=malloc
calls=$((3 * n)) 1
2 $((600 * n))
ob=/lib/libc.so.6
fl=???
fn=malloc
0 $((600 * n))
ob=/bin/toy
fl=toy.c
fn=serve
7 $((400 * n))
totals: $((1000 * n + 500))
END
`

const straceScript = `#!/bin/sh
exec 7>&2
while [ "$1" != /bin/sh ]; do shift; done
exec "$@"
`

func newBed(t *testing.T) *bed {
	t.Helper()
	dir := t.TempDir()
	b := &bed{dir: dir}
	scratch := filepath.Join(dir, "scratch")
	for _, err := range []error{os.Mkdir(scratch, 0o700), os.WriteFile(filepath.Join(dir, "served"), nil, 0o600), os.WriteFile(filepath.Join(dir, "served.seen"), []byte("0"), 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b.spec = gateway.Spec{
		Command: gateway.Command{
			Supervisor: []string{self, gateway.SuperviseCommand},
			Line:       "exec '" + self + "' toy",
			Env:        []string{"PATH=" + os.Getenv("PATH"), "SERVED=" + filepath.Join(dir, "served")},
			LogPath:    filepath.Join(dir, "log"),
		},
		Upstream: "http://127.0.0.1:1", ScratchDir: scratch,
	}
	b.tools = Tools{
		Valgrind: b.script(t, "valgrind", valgrindScript), VGDB: b.script(t, "vgdb", vgdbScript), Strace: b.script(t, "strace", straceScript),
		ValgrindVersion: "valgrind-3.19.0", StraceVersion: "strace 6.1",
	}
	body, err := llmapi.RequestBody(api, llmapi.Ask{Mode: bench.JSON, Size: 1000})
	if err != nil {
		t.Fatal(err)
	}
	job := &load.Job{Mode: bench.JSON, Body: body, Want: llmapi.JSONAnswer(api, llmapi.DefaultShape()), Shape: llmapi.DefaultShape()}
	for _, size := range []int{1000, 2000} {
		b.plan.Cells = append(b.plan.Cells, Cell{bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: size}, []*load.Job{job}})
	}
	b.plan.WarmUp, b.plan.Requests, b.plan.Batches, b.plan.Idle = 3, 4, 3, 100*time.Millisecond
	return b
}

// script writes a program that finds the toy's file of requests.
func (b *bed) script(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(b.dir, name)
	text = strings.ReplaceAll(text, "SERVED", filepath.Join(b.dir, "served"))
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// count counts, and checks that nothing is left.
func (b *bed) count(t *testing.T) ([]bench.Work, bench.Counting) {
	t.Helper()
	b.plan.Tools = b.tools
	work, counting, err := Gateways(context.Background(), []Subject{{
		Arm: bench.Head, Spec: func() (gateway.Spec, error) { return b.spec, nil },
		Client: load.Options{API: api, Timeout: 10 * time.Second},
	}}, b.plan)
	if err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(b.dir, "count-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	return work, counting
}
