package session

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/recordtest"
)

// TestBundleAlone: a bundle is used if it runs from its own files, and what it takes from
// the workspace, where head is, is found.
func TestBundleAlone(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Of the baseline: $WORK is the repository by its own name, which is written anew, and
	// $AWAY the same by another name; $OUT is a directory outside. Head's build has just
	// written $OUT/new.
	for name, c := range map[string]struct {
		gateway, start string
		env            map[string]string
		why            string // it is not used; empty: it is
	}{
		"its own":                     {"exec $SELF gateway good 0", "exec ./gateway", nil, ""},
		"its own place":               {"cd $WORK && test -e gateway && exec $SELF gateway good 0", "exec ./gateway", nil, ""},
		"what it lacks":               {"exec $WORK/real gateway good 0", "exec ./gateway", nil, "exited with status 127"},
		"a program":                   {"exec $AWAY/real gateway good 0", "exec ./gateway", nil, "it runs $WORK/real"},
		"a directory":                 {"cd $AWAY; exec $SELF gateway good 0", "exec ./gateway", nil, "it is in $WORK"},
		"a file":                      {"exec 7<$AWAY/gateway.sh; exec $SELF gateway good 0", "exec ./gateway", nil, "it has $WORK/gateway.sh open"},
		"a program of its line":       {"exit 1", "exec $WORK/gateway", nil, "its start line runs $WORK/gateway"},
		"what head's build has made":  {"exit 1", "exec $OUT/new", nil, "its start line runs $OUT/new, which head's build has written"},
		"what was there before":       {"exit 1", "exec $OUT/old", nil, ""},
		"where it looks for modules":  {"exec $SELF gateway good 0", "exec ./gateway", map[string]string{"PYTHONPATH": "/x:$WORK/src"}, "PYTHONPATH names $WORK/src"},
		"where it looks for modules²": {"exec $SELF gateway good 0", "exec ./gateway", map[string]string{"PYTHONPATH": "/x"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, out := newRepository(t), t.TempDir()
			work, err := os.Getwd()
			if err != nil {
				t.Fatal(err)
			}
			away := filepath.Join(t.TempDir(), "away")
			if err := os.Symlink(work, away); err != nil {
				t.Fatal(err)
			}
			in := strings.NewReplacer("$WORK", work, "$AWAY", away, "$OUT", out, "$SELF", self).Replace
			script := func(line string) string { return "#!/bin/sh\n" + in(line) + "\n" }
			r.write("gateway", script(c.gateway))
			r.write(out+"/old", script("exec $SELF gateway good 0"))
			if c.start == "exec ./gateway" {
				if err := os.Link(self, "real"); err != nil { // else it is somewhere else
					r.write("real", script("exec $SELF gateway good 0"))
				}
			}
			recipe := bench.Recipe{Start: in(c.start), Bundle: []string{"gateway"}, Env: map[string]string{}, Ready: bench.Ready{Path: "/health", Timeout: 20}}
			for name, value := range c.env {
				recipe.Env[name] = in(value)
			}
			file, err := os.Create("base.zip")
			if err != nil {
				t.Fatal(err)
			}
			if err := WriteBaseline(file, Result{Run: recordtest.Run(1, recordtest.SSE10)}, recipe, &Lines{W: r.log}); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove("gateway"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(20 * time.Millisecond) // the clock of a file system has ticks
			s := r.open()
			choice := choice{Session: s, BaseSources: BaseSources{File: "base.zip", BundleOnly: true}, began: s.Now()}
			time.Sleep(20 * time.Millisecond)
			r.write("gateway", script("exec $SELF gateway good 0"))
			r.write(out+"/new", script("exec $SELF gateway good 0"))
			base, err := choice.choose(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if used := base.Info.Source == bench.SourceBundle; used != (c.why == "") || !strings.Contains(base.Notes, in(c.why)) {
				t.Errorf("used %v: %s", used, base.Notes)
			}
			if (s.alone != nil) != (c.why == "") {
				t.Error("it is not looked at when it is measured")
			}
		})
	}
}
