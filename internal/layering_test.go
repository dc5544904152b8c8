package internal

import (
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/org/proxy-bench-action/"

// layers lists every package with the packages of ours that it may import. They
// stand in order: imports only go to lines above. Those in testdata are for tests.
var layers = []struct {
	pkg  string
	may  string
	pure bool // no os, net, clock, log or global random numbers
}{
	{"bench", "", true},
	{"figures", "", true},
	{"plain", "", true},
	{"basis", "bench figures", true},
	{"advice", "bench", true},
	{"attempt", "bench", true},
	{"shard", "bench", true},
	{"retry", "", false},
	{"stats", "", true},
	{"pace", "", true},
	{"host", "bench", false},
	{"http1", "", true},
	{"epoll", "", false},
	{"machine", "bench", false},
	{"gateway", "advice machine plain", false},
	{"sandbox", "bench gateway host", false},
	{"startline", "", true},
	{"llmapi", "bench pace", true},
	{"judge", "bench llmapi", true},
	{"exchange", "bench llmapi", true},
	{"arrival", "exchange", true},
	{"behaviour", "arrival bench exchange figures", true},
	{"behaviour/changes", "behaviour bench figures", true},
	{"workload", "bench llmapi pace", true},
	{"config", "behaviour bench llmapi pace plain shard stats workload", true},
	{"mockllm/wire", "", false},
	{"mockllm/certificate", "", false},
	{"mockllm", "bench epoll exchange http1 llmapi machine mockllm/certificate mockllm/wire pace", false},
	{"load", "bench epoll http1 judge llmapi", false},
	{"summary", "bench stats", true},
	{"record", "bench summary", false},
	{"compare", "bench stats summary", true},
	{"work", "bench figures stats", true},
	{"verdict/failures", "bench stats summary", true},
	{"verdict", "behaviour/changes bench compare figures stats summary verdict/failures work", true},
	{"diagnose", "bench compare figures stats summary", true},
	{"calibrate", "bench compare figures stats summary verdict", true},
	{"count/callgrind", "", true},
	{"count/strace", "", true},
	{"count", "bench count/callgrind count/strace gateway load stats", false},
	{"probe", "bench epoll exchange judge llmapi load", false},
	{"trial", "bench summary", true},
	{"gating", "bench figures trial verdict", true},
	{"openloop", "bench pace stats summary", true},
	{"revision", "bench", true},
	{"requests", "bench config host llmapi load openloop workload", false},
	{"history", "bench stats summary", true},
	{"baseline", "bench figures history record startline", false},
	{"prepared", "baseline bench record", false},
	{"program", "baseline bench startline", false},
	{"svg", "figures plain", true},
	{"report/document", "bench figures plain", true},
	{"scaffold", "figures llmapi report/document", true},
	{"report/observed", "behaviour bench figures plain report/document", true},
	{"contact", "advice bench figures llmapi plain report/document report/observed", true},
	{"report/measured", "advice bench figures plain report/document report/observed stats summary", true},
	{"report/calibrated", "bench figures plain report/document report/measured", true},
	{"report/machines", "bench figures plain report/document", true},
	{"report/counted", "bench figures plain report/document stats work", true},
	{"report", "advice basis behaviour bench diagnose figures history plain report/counted report/document report/machines report/measured report/observed summary work", true},
	{"report/text", "bench plain report/document", true},
	{"report/markdown", "bench plain report/document", true},
	{"report/html", "bench plain report/document svg", true},
	{"report/export", "bench plain summary", true},
	{"github", "plain retry", false},
	{"actions", "plain retry", false},
	{"workspace", "record", false},
	{"value", "", true},
	{"spread", "actions baseline bench host prepared record report shard workspace", false},
	{"saved", "baseline basis bench compare config diagnose history host record report report/export report/html shard verdict", false},
	{"session", "attempt baseline basis behaviour behaviour/changes bench config contact count exchange figures gateway gating host llmapi load machine mockllm openloop pace prepared probe program report requests revision sandbox saved startline summary trial work", false},
	{"workflow", "actions attempt baseline bench config figures gateway github host plain prepared record report report/markdown report/text retry revision sandbox saved session shard spread trial value workspace", false},
	{"cli", "baseline bench calibrate config diagnose host mockllm openloop pace record report report/calibrated report/counted report/export report/html report/markdown report/text revision sandbox saved scaffold session shard trial verdict", false},
	{"e2e", "", false}, // tests only
	{"testdata/testenv", "", false},
	{"testdata/recordtest", "bench summary", false},
	{"testdata/fakegithub", "", false},
	{"testdata/series", "", false},
	{"testdata/counts", "bench figures record stats testdata/series work", false},
	{"testdata/gallery", "bench diagnose figures stats summary", false},
	{"testdata/gallery/cmd", "record testdata/gallery", false},
	{"testdata/proof", "bench testdata/gallery testdata/series", false},
	{"testdata/proof/cmd", "bench config machine record testdata/gallery testdata/proof testdata/series", false},
	{"testdata/faults", "behaviour behaviour/changes bench exchange gateway llmapi mockllm probe record", false},
	{"testdata/faults/cmd", "behaviour bench machine testdata/faults testdata/series", false},
	{"testdata/simulate", "bench calibrate compare config shard stats summary verdict", true},
	{"testdata/simulate/cmd", "testdata/simulate", false},
}

// impure are the packages that a pure one must not import itself. What it
// imports may: fmt needs os, and that is fmt's affair.
var impure = []string{"os", "os/exec", "os/signal", "net", "net/http", "log", "log/slog", "syscall", "math/rand", "golang.org/x/sys/unix"}

func TestLayers(t *testing.T) {
	imports := importsOf(t)
	above := map[string]bool{}
	for _, layer := range layers {
		got, ok := imports[layer.pkg]
		if !ok {
			t.Errorf("%s: there is no such package; remove its line", layer.pkg)
			continue
		}
		may := strings.Fields(layer.may)
		for _, path := range got {
			if name := nameOf(path); name != path {
				if !slices.Contains(may, name) {
					t.Errorf("%s imports %s, which its line does not allow", layer.pkg, name)
				}
			} else if layer.pure && slices.Contains(impure, path) {
				t.Errorf("%s imports %s, but is to be pure", layer.pkg, path)
			}
		}
		for _, name := range may {
			if !above[name] {
				t.Errorf("%s may import %s, which does not stand above it", layer.pkg, name)
			}
			if !slices.ContainsFunc(got, func(path string) bool { return nameOf(path) == name }) {
				t.Errorf("%s does not import %s; take it off its line", layer.pkg, name)
			}
		}
		above[layer.pkg] = true
		delete(imports, layer.pkg)
	}
	if len(imports) > 0 {
		t.Errorf("packages without a line: %v", slices.Sorted(maps.Keys(imports)))
	}
}

// TestPureHasNoClock: time is there for durations and instants, not for asking
// what time it is.
func TestPureHasNoClock(t *testing.T) {
	for _, layer := range layers {
		if !layer.pure {
			continue
		}
		dir := layer.pkg
		if strings.HasPrefix(dir, "testdata/") {
			dir = "../" + dir
		}
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
				continue
			}
			src, err := os.ReadFile(dir + "/" + f.Name())
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range []string{"time.Now(", "time.Since(", "time.Sleep(", "time.After(", "fmt.Print"} {
				if strings.Contains(string(src), call) {
					t.Errorf("%s/%s calls %s), but is to be pure", layer.pkg, f.Name(), call)
				}
			}
		}
	}
}

// nameOf shortens the path of a package of ours.
func nameOf(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "internal/")
}

// importsOf lists the direct imports of every package here, and of those in testdata
// that tests import.
func importsOf(t *testing.T) map[string][]string {
	t.Helper()
	list := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...",
		"../testdata/testenv", "../testdata/recordtest", "../testdata/fakegithub",
		"../testdata/counts", "../testdata/faults", "../testdata/faults/cmd", "../testdata/gallery", "../testdata/gallery/cmd", "../testdata/proof", "../testdata/proof/cmd",
		"../testdata/series", "../testdata/simulate", "../testdata/simulate/cmd")
	list.Stderr = os.Stderr // where go also says what it downloads
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if name := nameOf(f[0]); name != "internal" {
			all[name] = f[1:]
		}
	}
	return all
}
