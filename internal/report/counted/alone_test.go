package counted

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report/document"
)

func someWork() []bench.Work {
	return []bench.Work{
		{
			Arm: bench.Head, Process: 1, Scenario: "json/c1/100B", Instructions: []float64{22000, 22100, 22300},
			Allocations: map[string]float64{"malloc": 6}, SystemCalls: map[string]float64{"writev": 2, "recvfrom": 2, "epoll_wait": 2.05},
			Functions: []bench.Function{{Name: "parse", File: "/src/http/parse.c", Line: 7, Module: "gw", Instructions: 9000, Calls: 10}, {Name: "0x1234", Module: "gw", Instructions: 100}},
		},
		{Arm: bench.Head, Process: 1, Scenario: "sse/c1/100B", Uncounted: "instructions: the time for counting was over", SystemCalls: map[string]float64{"write": 20}},
		{Arm: bench.Head, Process: 1, Scenario: "sse/c1/100KB", Uncounted: "instructions: the time for counting was over", SystemCalls: map[string]float64{"write": 20}},
	}
}

// texts are the cells of a table's rows.
func texts(t document.Table) (rows []string) {
	for _, r := range t.Rows {
		var cells []string
		for _, c := range r.Cells {
			cells = append(cells, c.Text)
		}
		rows = append(rows, strings.Join(cells, " "))
	}
	return rows
}

func TestDocument(t *testing.T) {
	d := Document(bench.Run{Work: someWork(), Counting: &bench.Counting{
		Valgrind: "valgrind-3.19.0", Tracer: "strace 6.1", Arch: "amd64", Settings: map[string]string{"GOMAXPROCS": "1", "A": "b"},
	}}, bench.WorkRule{})
	if d.Word != "counted" || d.Lead[0] != "up to 22.1 k instructions a request (json/c1/100B)" {
		t.Errorf("%s: %v", d.Word, d.Lead)
	}
	got := texts(d.Sections[0].Blocks[0].(document.Table))
	if want := "json/c1/100B 22.1 0.7 % 6.00 4.00 recvfrom 2.00, writev 2.00"; got[0] != want {
		t.Errorf("%q, want %q", got[0], want)
	}
	if want := "sse/c1/100B    20.0 write 20.0"; got[1] != want {
		t.Errorf("%q, want %q", got[1], want)
	}
	reasons := d.Sections[0].Blocks[2].(document.List).Items
	if len(reasons) != 1 || reasons[0].Text != "sse/c1/100B, sse/c1/100KB: instructions: the time for counting was over" {
		t.Errorf("%+v", reasons)
	}
	calls := texts(d.Sections[2].Blocks[0].(document.Table))
	if want := "malloc 6.00 allocation|recvfrom 2.00 |writev 2.00 |epoll_wait 2.05 waiting"; strings.Join(calls, "|") != want {
		t.Errorf("%q, want %q", calls, want)
	}
	functions := texts(d.Sections[3].Blocks[0].(document.Table))
	if want := "9000 10.0 parse parse.c:7|100  0x1234 gw"; strings.Join(functions, "|") != want {
		t.Errorf("%q, want %q", functions, want)
	}
}

func TestNothingCounted(t *testing.T) {
	none := []bench.Work{{Arm: bench.Head, Scenario: "json/c1/100B", Uncounted: "instructions: valgrind is not installed; system calls: strace is not installed"}}
	if d := Document(bench.Run{Work: none}, bench.WorkRule{}); Any(none) || d.Word != "not counted" || !strings.Contains(d.Lead[0], "valgrind is not installed") {
		t.Errorf("%s: %v", d.Word, d.Lead)
	}
	if d := Document(bench.Run{}, bench.WorkRule{}); d.Word != "not counted" || d.Lead[0] != "no scenario" {
		t.Errorf("%s: %v", d.Word, d.Lead)
	}
	calls := someWork()[1:]
	if d := Document(bench.Run{Work: calls}, bench.WorkRule{}); d.Word != "counted" || d.Lead[0] != "system calls only; instructions: the time for counting was over" {
		t.Errorf("%s: %v", d.Word, d.Lead)
	}
}

// TestChangesAlone: with a base beside it, what changed is said, and what was counted with
// other processes is not shown again.
func TestChangesAlone(t *testing.T) {
	var both []bench.Work
	for process := 1; process <= 2; process++ {
		base := bench.Work{Arm: bench.Base, Process: process, Scenario: "json/c1/100B", SystemCalls: map[string]float64{"write": 2}}
		head := base
		head.Arm, head.SystemCalls = bench.Head, map[string]float64{"write": 2, "fsync": 1}
		both = append(both, base, head)
	}
	d := Document(bench.Run{Work: both}, bench.WorkRule{})
	if n := len(d.Sections); n != 6 { // counts, changes, and two of each gateway
		t.Errorf("%d sections", n)
	}
	item := d.Sections[1].Blocks[0].(document.List).Items[0]
	if item.Name != "json/c1/100B, regression" || item.Text != "Fsyncs of a request: 0 → 1.00." {
		t.Errorf("%+v", item)
	}
}
