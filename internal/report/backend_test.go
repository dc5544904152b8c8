package report_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
)

// evenly gives every round as many upstream requests as the arm and mode have.
func evenly(run *bench.Run, of func(bench.Round) float64) {
	each(run, func(bench.Round) bool { return true }, func(r *bench.Round) { r.Metrics[bench.UpstreamRequests] = of(*r) })
}

// TestBackendAlerts: what the backend saw stands at the top, whoever reads it, and
// only when it is not as it should be.
func TestBackendAlerts(t *testing.T) {
	astray := []bench.Unserved{{Method: "POST", Path: "/v1/v1/chat/completions", Status: 404, Reason: "the mock does not serve this path", Count: 20, First: 0.1}}
	looks := []bench.Unserved{{Method: "GET", Path: "/get_server_info", Status: 404, Reason: "the mock does not serve this path", Count: 2, First: 0.1}}
	const asked = "The gateway asked the backend for POST /v1/v1/chat/completions (404, 20 times): the mock does not serve this path; give it"
	for name, c := range map[string]struct {
		change func(*bench.Run)
		failed bool
		want   []string // alerts in their order
	}{
		"not counted": {func(*bench.Run) {}, false, nil},
		"once each":   {func(r *bench.Run) { evenly(r, func(bench.Round) float64 { return 1.0002 }) }, false, nil},
		"cached": {func(r *bench.Run) {
			evenly(r, func(r bench.Round) float64 {
				if r.Arm == bench.Head && r.Scenario == "json/c10/10KB" {
					return 0.25
				}
				return 1
			})
		}, false, []string{"JSON answers: answered without the backend (0.25 upstream requests for each): cached, joined, or answered by the gateway itself; in 1 of 4 scenarios (the figure: json/c10/10KB)."}},
		"doubled streams": {func(r *bench.Run) {
			evenly(r, func(r bench.Round) float64 {
				if r.Arm == bench.Head && strings.HasPrefix(r.Scenario, "sse/") {
					return 2
				}
				return 1
			})
		}, false, []string{"Streams: more than one upstream request for each (2.00): retried, doubled, or asked for more; in 4 of 4 scenarios (the figure: sse/c1/100B)."}},
		"in the open loop": {func(r *bench.Run) {
			evenly(r, func(bench.Round) float64 { return 1 })
			*r = opened(*r)
			for i := range r.Windows {
				r.Windows[i].UpstreamRequests = new(1.0)
			}
			r.Windows[len(r.Windows)-1].UpstreamRequests = new(1.5)
		}, false, []string{"Streams: more than one upstream request for each (1.50)"}},
		"astray":              {func(r *bench.Run) { r.Unserved = astray }, false, []string{asked}},
		"astray, failed":      {func(r *bench.Run) { r.Unserved = astray }, true, []string{asked}},
		"looks around":        {func(r *bench.Run) { r.Unserved = looks }, false, nil},
		"looks around, fails": {func(r *bench.Run) { r.Unserved = looks }, true, []string{"The gateway asked the backend for GET /get_server_info (404, 2 times)"}},
	} {
		t.Run(name, func(t *testing.T) {
			run := fixture(small(), both, 3)
			c.change(&run)
			r := report.Report{Run: run}
			if c.failed {
				r.Context.Failure = &report.Failure{Step: "driving the gateway", Message: "20 of 20 requests failed"}
			}
			d := report.Build(r)
			for i, want := range c.want {
				if i >= len(d.Alerts) || !strings.HasPrefix(d.Alerts[i].Text, want) {
					t.Fatalf("alerts %+v, want %q", d.Alerts, want)
				}
			}
			if n := len(d.Alerts); !c.failed && n != len(c.want) {
				t.Errorf("alerts %+v", d.Alerts)
			}
			for reader, to := range readers {
				if reader == "check" { // which has the remarks
					continue
				}
				got := strings.Join(strings.Fields(render(t, func(w io.Writer) error { return to.write(w, d) })), " ")
				for _, want := range c.want {
					if words := strings.Fields(want); !strings.Contains(got, words[len(words)-1]) {
						t.Errorf("%s does not show %q", reader, want)
					}
				}
			}
			text, err := json.Marshal(run)
			if err == nil {
				err = validate(t, schema(t, "run.schema.json"), string(text))
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestUpstreamColumn: the tables have the figure where it is not 1.
func TestUpstreamColumn(t *testing.T) {
	for perRequest, want := range map[float64]bool{1: false, 2: true} {
		run := fixture(small(), both, 3)
		evenly(&run, func(bench.Round) float64 { return perRequest })
		got := render(t, func(w io.Writer) error { return readers["terminal -v"].write(w, report.Build(report.Report{Run: run})) })
		if has := strings.Contains(got, "upstream: requests to the backend for each request"); has != want {
			t.Errorf("%g: the column is there: %v", perRequest, has)
		}
		page := render(t, func(w io.Writer) error { return readers["page"].write(w, report.Build(report.Report{Run: run})) })
		if !strings.Contains(page, "requests to the mock per request sent") {
			t.Error("the medians do not have it")
		}
	}
}

// TestBackendAlertsOfTwo: with a base the alert says whose it is.
func TestBackendAlertsOfTwo(t *testing.T) {
	run := fixture(small(), []bench.Arm{bench.Direct, bench.Base, bench.Head}, 3)
	evenly(&run, func(r bench.Round) float64 {
		if r.Arm == bench.Head && strings.HasPrefix(r.Scenario, "json/") {
			return 0
		}
		return 1
	})
	d := report.Build(report.Report{Run: run})
	if len(d.Alerts) != 1 || !strings.HasPrefix(d.Alerts[0].Text, "JSON answers of head: answered without the backend (0.00 ") {
		t.Errorf("%+v", d.Alerts)
	}
}
