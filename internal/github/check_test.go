package github

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

func goodCheck(annotations int) Check {
	c := Check{Name: "proxy-bench", HeadSHA: shaA, Conclusion: Failure, Title: "slower", Summary: "by **30 %**", Text: "a table"}
	for i := range annotations {
		c.Annotations = append(c.Annotations, Annotation{Path: "main.go", Line: i + 1, Level: Fault, Title: "t", Message: fmt.Sprint("m", i)})
	}
	return c
}

func TestCreateCheck(t *testing.T) {
	for _, annotations := range []int{0, 1, 50} {
		server, client, _ := start(t)
		if err := client.CreateCheck(t.Context(), goodCheck(annotations)); err != nil {
			t.Fatal(err)
		}
		got := server.Checks(shaA)
		if len(got) != 1 {
			t.Fatalf("got %+v", got)
		}
		k := got[0]
		if k.Name != "proxy-bench" || k.Status != "completed" || k.Conclusion != "failure" || k.Title != "slower" || k.Summary != "by **30 %**" || k.Text != "a table" || k.Requests != 1 {
			t.Errorf("%d annotations: got %+v", annotations, k)
		}
		if len(k.Annotations) != annotations {
			t.Errorf("%d of %d annotations", len(k.Annotations), annotations)
		}
		for i, a := range k.Annotations {
			if a != (fakegithub.Annotation{Path: "main.go", FirstLine: i + 1, LastLine: i + 1, Level: "failure", Title: "t", Message: fmt.Sprint("m", i)}) {
				t.Errorf("annotation %d is %+v", i, a)
			}
		}
	}
}

func TestCheckFails(t *testing.T) {
	server, client, _ := start(t)
	server.Inject(fakegithub.ReadOnly("checks/create"))
	if err := client.CreateCheck(t.Context(), goodCheck(0)); !errors.Is(err, ErrReadOnly) {
		t.Errorf("got %v", err)
	}
	server.Mend()
	server.Inject(fakegithub.Failing("checks/create", 503).For(1))
	if err := client.CreateCheck(t.Context(), goodCheck(1)); err != nil {
		t.Error(err)
	}
	if got := server.Checks(shaA); len(got) != 1 || got[0].Conclusion != "failure" {
		t.Errorf("got %+v", got)
	}
}

func TestCheckRefused(t *testing.T) {
	server, client, _ := start(t)
	for want, change := range map[string]func(*Check){
		"a title":             func(c *Check) { c.Title = "" },
		"a summary":           func(c *Check) { c.Summary = "" },
		`conclusion is "ok"`:  func(c *Check) { c.Conclusion = "ok" },
		"summary has 65536":   func(c *Check) { c.Summary = strings.Repeat("x", 65_536) },
		"its text 65536":      func(c *Check) { c.Text = strings.Repeat("ü", 32_768) },
		`its commit is "v1"`:  func(c *Check) { c.HeadSHA = "v1" },
		"annotation 1: it ne": func(c *Check) { c.Annotations[0].Message = "" },
		"line 0":              func(c *Check) { c.Annotations[0].Line = 0 },
		"has 51 annotations":  func(c *Check) { *c = goodCheck(51) },
		`level is "error"`:    func(c *Check) { c.Annotations[0].Level = "error" },
		"255 characters":      func(c *Check) { c.Annotations[0].Title = strings.Repeat("ü", 256) },
		"64000 bytes":         func(c *Check) { c.Annotations[0].Message = strings.Repeat("x", 64_001) },
	} {
		bad := goodCheck(1)
		change(&bad)
		if err := client.CreateCheck(t.Context(), bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	full := goodCheck(0)
	full.Summary, full.Text = strings.Repeat("x", CheckTextLimit), strings.Repeat("y", CheckTextLimit)
	if err := client.CreateCheck(t.Context(), full); err != nil {
		t.Error(err)
	}
}

func TestCreateStatus(t *testing.T) {
	server, client, _ := start(t)
	good := Status{SHA: shaA, Context: "proxy-bench", Failed: true, Description: strings.Repeat("ü", StatusLimit), URL: "https://x.example/"}
	server.Inject(fakegithub.Failing("repos/create-commit-status", 502).For(1))
	if err := client.CreateStatus(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	if err := client.CreateStatus(t.Context(), Status{SHA: shaA, Context: "proxy-bench", Description: "fine"}); err != nil {
		t.Fatal(err)
	}
	want := []fakegithub.Status{
		{SHA: shaA, State: "failure", Context: "proxy-bench", Description: good.Description, URL: good.URL},
		{SHA: shaA, State: "success", Context: "proxy-bench", Description: "fine"},
	}
	if got := server.Statuses(shaA); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %+v", got)
	}
	for want, change := range map[string]func(*Status){
		"141 characters": func(s *Status) { s.Description += "x" },
		"a context":      func(s *Status) { s.Context = "" },
		"its commit":     func(s *Status) { s.SHA = "../../x" },
	} {
		bad := good
		change(&bad)
		if err := client.CreateStatus(t.Context(), bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	server.Inject(fakegithub.ReadOnly(""))
	if err := client.CreateStatus(t.Context(), good); !errors.Is(err, ErrReadOnly) {
		t.Errorf("got %v", err)
	}
}
