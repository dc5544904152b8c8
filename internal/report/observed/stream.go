package observed

import (
	"fmt"
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// mostEvents is how many events of a stream are drawn: more than a paced stream has.
const mostEvents = 200

// Stream draws when the events of one stream were sent and came, a row for each arm:
// the first timeline of each. Role names an arm for readers.
func Stream(timelines []bench.Timeline, role func(bench.Arm) string) document.Chart {
	c := document.Chart{Kind: "events", Title: "When the events of one stream came"}
	for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
		line, ok := first(timelines, arm)
		if !ok {
			continue
		}
		s := document.Series{Name: role(arm), Style: string(arm), Shape: document.Flights, Points: flights(line, float64(len(c.Rows)))}
		s.Value = fmt.Sprintf("%s to %s", figures.Seconds(slices.Min(line.Came)), figures.Seconds(slices.Max(line.Came)))
		c.Rows = append(c.Rows, s.Name)
		c.Add(s)
	}
	c.X = document.Axis{Title: "since the request was sent", Scale: figures.OfTimes(numbers(c.Xs())...), Zero: true}
	c.Note = "Above each row when the backend sent an event, below it when the client had it."
	return c
}

// Otherwise reports whether head's stream came otherwise than the base's, so that a
// picture shows it: events of it are later or earlier by a fifth of the stream, or
// missing.
func Otherwise(timelines []bench.Timeline) bool {
	base, ok := first(timelines, bench.Base)
	head, okay := first(timelines, bench.Head)
	if !ok || !okay {
		return false
	}
	if len(base.Came) != len(head.Came) {
		return true
	}
	const visible = 0.2
	for i := range head.Came {
		if math.Abs(head.Came[i]-base.Came[i]) > visible*max(slices.Max(base.Came), slices.Max(head.Came)) {
			return true
		}
	}
	return false
}

// first is the first timeline of an arm that has events at times that a stream can
// have, with at most so many.
func first(timelines []bench.Timeline, arm bench.Arm) (t bench.Timeline, ok bool) {
	const longest = 24 * 60 * 60
	never := func(at float64) bool { return !(math.Abs(at) <= longest) }
	i := slices.IndexFunc(timelines, func(t bench.Timeline) bool {
		return t.Arm == arm && len(t.Came) > 0 && !slices.ContainsFunc(t.Sent, never) && !slices.ContainsFunc(t.Came, never)
	})
	if i < 0 {
		return t, false
	}
	t = timelines[i]
	t.Sent, t.Came = t.Sent[:min(mostEvents, len(t.Sent))], t.Came[:min(mostEvents, len(t.Came))]
	return t, true
}

// flights are the ways of events from backend to client. Where fewer or more came than
// were sent, nothing tells which is which: both ends are drawn without a way.
func flights(t bench.Timeline, row float64) (points []document.Point) {
	if len(t.Sent) == len(t.Came) {
		for i := range t.Sent {
			points = append(points, document.Point{X: t.Sent[i], End: t.Came[i], Y: row})
		}
		return points
	}
	for _, at := range t.Sent {
		points = append(points, document.Point{X: at, End: math.NaN(), Y: row})
	}
	for _, at := range t.Came {
		points = append(points, document.Point{X: math.NaN(), End: at, Y: row})
	}
	return points
}

// numbers are the values that are such.
func numbers(values []float64) []float64 {
	return slices.DeleteFunc(values, math.IsNaN)
}
