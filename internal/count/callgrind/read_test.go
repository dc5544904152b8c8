package callgrind

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// samples are profiles that callgrind 3.19 wrote: of nginx, which is stripped, for five
// requests; of a program in C with --collect-jumps=yes; of one in Go with
// --dump-instr=yes; of one in Rust.
func samples(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.out")
	if err != nil || len(paths) != 4 {
		t.Fatalf("%d samples, %v", len(paths), err)
	}
	return paths
}

func read(t *testing.T, path string) Profile {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p, err := Read(file)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return p
}

// TestAsAnnotated: the figures are those of Valgrind's own program,
// callgrind_annotate --threshold=100 --show-percs=no --auto=no --tree=calling FILE.
// It tells inlined code apart by its file, and levels of recursion by their number.
func TestAsAnnotated(t *testing.T) {
	for _, path := range samples(t) {
		p := read(t, path)
		want, err := os.ReadFile(strings.TrimSuffix(path, ".out") + ".annotated")
		if err != nil {
			t.Fatal(err)
		}
		total, own, calls := annotated(t, string(want))
		if p.Instructions != total {
			t.Errorf("%s: %d instructions, want %d", path, p.Instructions, total)
		}
		gotOwn, gotCalls := map[string]uint64{}, map[[2]string]uint64{}
		for _, f := range p.Functions {
			if f.Instructions > 0 {
				gotOwn[f.Name] += f.Instructions
			}
		}
		for _, c := range p.Calls {
			gotCalls[[2]string{p.Functions[c.From].Name, p.Functions[c.To].Name}] += c.Times
		}
		if !maps.Equal(gotOwn, own) {
			t.Errorf("%s: own instructions %v\nwant %v", path, gotOwn, own)
		}
		if !maps.Equal(gotCalls, calls) {
			t.Errorf("%s: calls %v\nwant %v", path, gotCalls, calls)
		}
	}
}

var (
	ownLine  = regexp.MustCompile(`^ *([\d,]+|\.)  \*  [^:]*:(.*)$`)
	callLine = regexp.MustCompile(`^ *(?:[\d,]+|\.)  >   [^:]*:(.*) \((\d+)x\)(?: \[.*\])?$`)
	inObject = regexp.MustCompile(` \[[^\]]*\]$`)
)

// annotated reads what callgrind_annotate has printed.
func annotated(t *testing.T, text string) (total uint64, own map[string]uint64, calls map[[2]string]uint64) {
	t.Helper()
	number := func(text string) uint64 {
		if text == "." {
			return 0
		}
		n, err := strconv.ParseUint(strings.ReplaceAll(text, ",", ""), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	own, calls = map[string]uint64{}, map[[2]string]uint64{}
	from := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if figure, ok := strings.CutSuffix(line, "  PROGRAM TOTALS"); ok {
			total = number(strings.TrimSpace(figure))
		}
		if m := ownLine.FindStringSubmatch(line); m != nil {
			from = withoutLevel(inObject.ReplaceAllString(m[2], ""))
			if n := number(m[1]); n > 0 {
				own[from] += n
			}
		}
		if m := callLine.FindStringSubmatch(line); m != nil {
			calls[[2]string{from, withoutLevel(m[1])}] += number(m[2])
		}
	}
	return total, own, calls
}

func TestPlaces(t *testing.T) {
	p := read(t, "testdata/go-instr.out")
	at := slices.IndexFunc(p.Functions, func(f Function) bool { return f.Name == "main.join" })
	if at < 0 {
		t.Fatal("there is no main.join")
	}
	if f := p.Functions[at]; filepath.Base(f.File) != "spin.go" || f.Line != 4 || !strings.HasSuffix(f.Object, "/spin") {
		t.Errorf("main.join is %+v, want spin.go:4", f)
	}
	p = read(t, "testdata/nginx.out")
	at = slices.IndexFunc(p.Functions, func(f Function) bool { return f.Name == "ngx_palloc" })
	if f := p.Functions[at]; f.File != "" || f.Line != 0 || f.Object != "/usr/sbin/nginx" || p.PID != 20334 {
		t.Errorf("ngx_palloc of process %d is %+v, want one without a file", p.PID, f)
	}
}

// head is the beginning of a profile.
const head = "version: 1\npid: 7\npositions: line\nevents: Ir\n"

func TestRead(t *testing.T) {
	tests := map[string]struct {
		text string
		want []Function
	}{
		"nothing":           {"totals: 0", nil},
		"relative lines":    {"fl=a.c\nfn=f\n10 1\n+5 2\n-8 3\n* 4\n0xc 5\ntotals: 15", []Function{{Name: "f", File: "a.c", Line: 7, Instructions: 15}}},
		"costs left out":    {"fn=f\n10\n11 1\ntotals: 1", []Function{{Name: "f", Instructions: 1, Line: 11}}},
		"names in short":    {"ob=(1) /bin/x\nfl=(1) a.c\nfn=(1) f\n1 1\nfn=(2) g\n2 1\nfn=(1)\n3 1\ntotals: 3", []Function{{"f", "a.c", 1, "/bin/x", 2}, {"g", "a.c", 2, "/bin/x", 1}}},
		"inlined":           {"fl=a.c\nfn=f\n20 1\nfi=b.h\n3 1\nfe=a.c\n19 1\ntotals: 3", []Function{{Name: "f", File: "a.c", Line: 19, Instructions: 3}}},
		"recursion":         {"fn=f\n1 1\nfn=f'2\n1 2\ntotals: 3", []Function{{Name: "f", Line: 1, Instructions: 3}}},
		"what is called":    {"fn=f\n1 1\ncob=lib\ncfi=l.c\ncfn=g\ncalls=3 1\n1 500\n2 1\ntotals: 2", []Function{{Name: "f", Line: 1, Instructions: 2}, {Name: "g", File: "l.c", Object: "lib"}}},
		"names in brackets": {"fn=(anonymous namespace)::f(int)\n1 1\ntotals: 1", []Function{{Name: "(anonymous namespace)::f(int)", Line: 1, Instructions: 1}}},
		"a jump":            {"fn=f\n1 1\njcnd=1/2 +3\n*\njump=1 -1\n+1\n* 1\ntotals: 2", []Function{{Name: "f", Line: 1, Instructions: 2}}},
		"a second part":     {"fn=f\n1 1\ntotals: 1\npart: 2\nfn=f\n1 1\ntotals: 1", []Function{{Name: "f", Line: 1, Instructions: 2}}},
	}
	for name, tt := range tests {
		p, err := Read(strings.NewReader(head + tt.text + "\n"))
		if err != nil || !slices.Equal(p.Functions, tt.want) {
			t.Errorf("%s: %+v, %v\nwant %+v", name, p.Functions, err, tt.want)
		}
	}
}

func TestSeveralEvents(t *testing.T) {
	p, err := Read(strings.NewReader("positions: instr line\nevents: Dr Ir\nfn=f\n0x10 7 100 3\n+4 * 50\n+4 +1 1 2\ntotals: 151 5\n"))
	if err != nil || p.Instructions != 5 || p.Functions[0].Line != 7 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestReadRefuses(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"another file":      {"hello", "no line of a profile"},
		"an empty one":      {"", "no end"},
		"one that is cut":   {head + "fn=f\n1 1\n", "no end"},
		"a wrong total":     {head + "fn=f\n1 1\ntotals: 2\n", "functions have 1 instructions, and its total is 2"},
		"other events":      {"positions: line\nevents: Dr Dw\n", "not instructions"},
		"costs at once":     {"fn=f\n1 1\n", "before the file says which"},
		"nobody's costs":    {head + "1 1\n", "name of their function"},
		"too few positions": {"positions: instr line\nevents: Ir\nfn=f\n1\n", "less than 2 positions"},
		"no position":       {head + "fn=f\n+-1 1\n", "is no position"},
		"no cost":           {head + "fn=f\n1 one\n", `parsing "one"`},
		"an unknown number": {head + "fn=(3)\n", "no name with the number 3"},
		"a total too early": {"totals: 3\n", "before the file says which"},
		"no process":        {"pid: me\n", "pid: "},
		"a line too long":   {strings.Repeat("x", longestLine+1), "token too long"},
	}
	for name, tt := range tests {
		if _, err := Read(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, path := range samples(f) {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text[:min(len(text), 4000)]) + "\ntotals: 0\n")
	}
	f.Add(head + "fn=f\n1 1\ncfn=(1) g\ncalls=3 1\n1 500\ntotals: 1\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		var sum uint64
		for _, f := range p.Functions {
			sum += f.Instructions
			if f.Line < 0 {
				t.Errorf("line %d", f.Line)
			}
		}
		if sum != p.Instructions {
			t.Errorf("functions have %d, the sum is %d", sum, p.Instructions)
		}
		for _, c := range p.Calls {
			_, _ = p.Functions[c.From], p.Functions[c.To]
		}
	})
}
