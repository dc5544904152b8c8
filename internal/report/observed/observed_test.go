package observed

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// told are the items of a section, each in one line, below the titles of its lists.
func told(s document.Section) (lines []string) {
	for _, block := range s.Blocks {
		switch b := block.(type) {
		case document.List:
			lines = append(lines, "# "+b.Title)
			for _, i := range b.Items {
				lines = append(lines, i.Text)
			}
		case document.Paragraph:
			lines = append(lines, b.Text)
		}
	}
	return lines
}

func alone(f bench.Fact) bench.Fact {
	f.Arm = bench.Head
	return f
}

func TestFactsOfOneGateway(t *testing.T) {
	joins, _ := behaviour.Describe("joins-requests")
	look := joins.Look
	seen, unseen := Facts([]bench.Fact{
		alone(bench.Fact{Behaviour: "request-headers", Case: "json", Of: 5, Says: []string{"adds Via"}}),
		alone(bench.Fact{Behaviour: "request-headers", Case: "stream", Of: 5, Says: []string{"adds Via"}}),
		alone(bench.Fact{Behaviour: "asks-twice", Process: 1, Seen: 5, Of: 5, Detail: "2 requests"}),
		alone(bench.Fact{Behaviour: "asks-twice", Process: 2, Seen: 4, Of: 5, Detail: "1 request"}),
		alone(bench.Fact{Behaviour: "joins-requests", Case: "JSON", Seen: 2, Of: 2, Detail: "1 request for 3"}),
		alone(bench.Fact{Behaviour: "joins-requests", Case: "stream", Seen: 2, Of: 2, Detail: "2 requests for 3"}),
		alone(bench.Fact{Behaviour: "joins-requests", Case: "large", Seen: 1, Of: 2}),
		alone(bench.Fact{Behaviour: "answered-without-backend", Case: "json", Of: 10, Detail: "1 request"}),
		alone(bench.Fact{Behaviour: "answered-without-backend", Case: "stream", Of: 2, Detail: "1 request"}),
		alone(bench.Fact{Behaviour: "drops-prompt", Unseen: "no time was left"}),
		alone(bench.Fact{Behaviour: "backend-compression", Unseen: "no time was left"}),
		alone(bench.Fact{Behaviour: "of-a-later-version", Seen: 1, Of: 1}),
	})
	if got, want := told(seen), []string{
		"1 kind of harm seen, 1 in some exchanges only, 1 more looked for, 2 behaviours could not be seen.",
		"# Harm",
		"Asks the backend once for several equal requests at the same time (JSON, stream): 2 of 2: 1 request for 3. Look at: " + look,
		"# Harm in some of the exchanges only",
		"Asks the backend more than once for one request: 9 of 10: 2 requests. Look at: retries of requests that went well, shadow traffic, hedging",
		"Asks the backend once for several equal requests at the same time (large): 1 of 2. Look at: " + look,
		"# What the backend is asked",
		"Changes the headers of requests (json, stream): adds Via",
		"# Not known to this version",
		"Of-a-later-version: 1 of 1",
	}; !slices.Equal(got, want) {
		t.Errorf("seen:\n%s", strings.Join(got, "\n"))
	}
	if got, want := told(unseen), []string{
		"# Looked for and not seen",
		"Answers requests without asking the backend: 0 of 12",
		"# Could not be seen",
		"Does not pass the whole prompt on to the backend: no time was left",
		"Asks the backend for compressed answers: no time was left",
	}; !slices.Equal(got, want) {
		t.Errorf("unseen:\n%s", strings.Join(got, "\n"))
	}
}

func TestNoHarm(t *testing.T) {
	seen, _ := Facts([]bench.Fact{
		alone(bench.Fact{Behaviour: "asks-twice", Of: 5}), alone(bench.Fact{Behaviour: "joins-requests", Case: "JSON", Of: 2}),
		alone(bench.Fact{Behaviour: "joins-requests", Case: "stream", Unseen: "no time was left"}), alone(bench.Fact{Behaviour: "backend-path", Of: 5, Says: []string{"/v1"}}),
	})
	if got, want := told(seen), []string{"No harm seen, 2 kinds looked for, 1 of them not in every case.", "# What the backend is asked", "Sends requests to this path of the backend: /v1"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestTextOfTwo: base and head are told beside each other, with the figures of the one
// that shows it.
func TestTextOfTwo(t *testing.T) {
	for _, c := range []struct {
		base, head bench.Fact
		want       string
	}{
		{bench.Fact{Of: 5, Detail: "a"}, bench.Fact{Seen: 5, Of: 5, Detail: "b"}, "head 5 of 5 (b); base 0 of 5"},
		{bench.Fact{Seen: 5, Of: 5, Detail: "a"}, bench.Fact{Of: 5, Detail: "b"}, "head 0 of 5; base 5 of 5 (a)"},
		{bench.Fact{Of: 5, Says: []string{"x"}}, bench.Fact{Of: 5, Says: []string{"x"}}, "x"},
		{bench.Fact{Of: 5, Says: []string{"x"}}, bench.Fact{Of: 5, Says: []string{"y"}}, "head y; base x"},
		{bench.Fact{Unseen: "it is late"}, bench.Fact{Seen: 1, Of: 5}, "head 1 of 5; base not seen: it is late"},
	} {
		c.base.Arm, c.head.Arm = bench.Base, bench.Head
		if got := rowsOf([]bench.Fact{c.base, c.head})[0].text(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestHarm: only what every exchange of every process shows is called harm of the
// gateway.
func TestHarm(t *testing.T) {
	for _, c := range []struct {
		second bench.Fact
		want   int
	}{
		{bench.Fact{Behaviour: "asks-twice", Seen: 5, Of: 5}, 1},
		{bench.Fact{Behaviour: "asks-twice", Seen: 4, Of: 5}, 0},
		{bench.Fact{Behaviour: "asks-twice", Case: "other", Seen: 5, Of: 5}, 1},
		{bench.Fact{Behaviour: "answered-without-backend", Seen: 5, Of: 5}, 2},
		{bench.Fact{Behaviour: "backend-path", Seen: 5, Of: 5}, 1},
	} {
		first := alone(bench.Fact{Behaviour: "asks-twice", Seen: 5, Of: 5})
		if got := Harm([]bench.Fact{first, alone(c.second)}); len(got) != c.want {
			t.Errorf("%+v: %q", c.second, got)
		}
	}
}

func TestStream(t *testing.T) {
	role := func(arm bench.Arm) string { return string(arm) }
	c := Stream([]bench.Timeline{
		{Arm: bench.Direct, Sent: []float64{0.01, 0.02}, Came: []float64{0.011, 0.021}},
		{Arm: bench.Base, Sent: []float64{0.01}, Came: []float64{1e300}},
		{Arm: bench.Head},
		{Arm: bench.Head, Sent: []float64{0.01, 0.02}, Came: []float64{0.06}},
	}, role)
	if !slices.Equal(c.Rows, []string{"direct", "head"}) || c.Series[0].Value != "11.0 ms to 21.0 ms" {
		t.Errorf("%+v", c)
	}
	if points := c.Series[1].Points; len(points) != 3 || !math.IsNaN(points[0].End) || !math.IsNaN(points[2].X) {
		t.Errorf("what came is joined to what was sent, though their numbers differ: %+v", points)
	}
	want := []string{"        0", "direct  " + strings.Repeat("·", 11) + "1" + strings.Repeat("·", 9) + "1", "head    " + strings.Repeat("·", 59) + "1"}
	for i, line := range c.Strip() {
		if !strings.HasPrefix(line, want[i]) {
			t.Errorf("line %d: %q, want %q", i, line, want[i])
		}
	}
	if c := Stream(nil, role); len(c.Series) > 0 || c.Strip() != nil {
		t.Errorf("a picture of nothing: %+v", c)
	}
}

func TestOtherwise(t *testing.T) {
	at := func(arm bench.Arm, came ...float64) bench.Timeline {
		return bench.Timeline{Arm: arm, Sent: came, Came: came}
	}
	for name, c := range map[string]struct {
		base, head []float64
		want       bool
	}{
		"the same":  {[]float64{0.1, 0.2, 0.3}, []float64{0.1, 0.2, 0.3}, false},
		"a little":  {[]float64{0.1, 0.2, 0.3}, []float64{0.12, 0.22, 0.33}, false},
		"held":      {[]float64{0.1, 0.2, 0.3}, []float64{0.3, 0.3, 0.3}, true},
		"no longer": {[]float64{0.3, 0.3, 0.3}, []float64{0.1, 0.2, 0.3}, true},
		"fewer":     {[]float64{0.1, 0.2, 0.3}, []float64{0.1, 0.2}, true},
		"no base":   {nil, []float64{0.1, 0.2}, false},
	} {
		if got := Otherwise([]bench.Timeline{at(bench.Base, c.base...), at(bench.Head, c.head...)}); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
