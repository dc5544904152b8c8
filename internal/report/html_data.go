package report

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report/export"
)

// digits of the numbers in a document's data. Seven tell a nanosecond in 10 ms,
// and the other ten of a mean, which no clock knew, would be half of its bytes.
// run.json has all of them.
const digits = 7

// pack packs what was measured into text that a browser can unpack: base64 of
// gzip of JSON. The rounds are a table there, for their keys would be
// most of the bytes; the document's script makes run.json of it again.
func pack(run bench.Run) (string, error) {
	text, err := columnsOf(run)
	if err != nil {
		return "", err
	}
	packed := bytes.NewBuffer(make([]byte, 0, len(text)/2))
	z, err := gzip.NewWriterLevel(packed, 4) // 6 takes twice as long and saves a twentieth
	if err != nil {
		return "", err
	}
	if _, err := z.Write(text); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes()), nil
}

// rest is what few rounds have.
type rest struct {
	Errors    map[bench.ErrorClass]int `json:"errors,omitempty"`
	Left      map[bench.Metric]string  `json:"left,omitempty"`
	Void      string                   `json:"void,omitempty"`
	Disturbed string                   `json:"disturbed,omitempty"`
}

// columnsOf is the JSON that is packed:
//
//	{"run": ["text before the rounds", "text after"],
//	 "metrics": [names], "slices": [names], "distribution": [names],
//	 "csv": [columns], "units": {metric: unit},
//	 "rounds": [[round, stage, scenario, arm, process, requests,
//	             [values], [[slices]], [[distribution]], rest], ...]}
//
// The texts are JSON of their own, which the browser does not need to read: its
// numbers would not hold a seed of 64 bits. Values are in the order of the
// names, null where there is none.
func columnsOf(run bench.Run) ([]byte, error) {
	before, after, err := around(run)
	if err != nil {
		return nil, err
	}
	c := columnNames(run.Rounds)
	head, err := json.Marshal(map[string]any{
		"run":     []string{before, after},
		"metrics": c.metrics, "slices": c.slices, "distribution": c.distribution,
		"csv": export.Header, "units": metricUnits(run.Rounds),
	})
	if err != nil {
		return nil, fmt.Errorf("writing the run into a document: %w", err)
	}
	text := make([]byte, 0, len(head)+1000*len(run.Rounds)) // about what a round takes
	text = append(append(text, bytes.TrimSuffix(head, []byte("}"))...), `,"rounds":[`...)
	for i, round := range run.Rounds {
		if i > 0 {
			text = append(text, ",\n"...)
		}
		if text, err = c.round(text, round); err != nil {
			return nil, fmt.Errorf("writing round %d into a document: %w", round.Round, err)
		}
	}
	return append(text, "]}"...), nil
}

// around is a run's JSON before and after its rounds.
func around(run bench.Run) (before, after string, err error) {
	run.Rounds = nil
	var text strings.Builder
	if err := record.WriteRun(&text, run); err != nil {
		return "", "", err
	}
	// The last place that looks like it: the mock's settings, whose keys are
	// anyone's, come before it, and behind it is only what we name.
	const empty = "[]"
	i := strings.LastIndex(text.String(), `"rounds": `+empty) + len(`"rounds": `)
	return text.String()[:i], text.String()[i+len(empty):], nil
}

// metricUnits are those of what the rounds have or lack.
func metricUnits(rounds []bench.Round) map[bench.Metric]bench.Unit {
	all := make(map[bench.Metric]bench.Unit)
	add := func(m bench.Metric) {
		d, _ := m.Describe()
		all[m] = d.Unit
	}
	for _, r := range rounds {
		for m := range r.Metrics {
			add(m)
		}
		for m := range r.Omitted {
			add(m)
		}
	}
	return all
}

// columnNames are the names of what any round has.
type names struct{ metrics, slices, distribution []bench.Metric }

func columnNames(rounds []bench.Round) names {
	metrics, slice, distribution := map[bench.Metric]bool{}, map[bench.Metric]bool{}, map[bench.Metric]bool{}
	for _, r := range rounds {
		for m := range r.Metrics {
			metrics[m] = true
		}
		for m := range r.Slices {
			slice[m] = true
		}
		for m := range r.Distribution {
			distribution[m] = true
		}
	}
	return names{sortedNames(metrics), sortedNames(slice), sortedNames(distribution)}
}

func sortedNames(set map[bench.Metric]bool) []bench.Metric {
	return append([]bench.Metric{}, slices.Sorted(maps.Keys(set))...)
}

// round appends one row.
func (c names) round(text []byte, r bench.Round) ([]byte, error) {
	start, err := json.Marshal([]any{r.Round, r.Stage, r.Scenario, r.Arm, r.Process, r.Requests})
	if err != nil {
		return nil, err
	}
	text = append(text, start[:len(start)-1]...)
	text = append(text, ",["...)
	for i, m := range c.metrics {
		v, ok := r.Metrics[m]
		text = number(comma(text, i), v, ok)
	}
	text = append(text, "],"...)
	text = append(lists(text, c.slices, r.Slices), ',')
	text = append(lists(text, c.distribution, r.Distribution), ',')
	end, err := json.Marshal(rest{r.Errors, r.Omitted, r.Void, r.Disturbed})
	if err != nil {
		return nil, err
	}
	return append(append(text, end...), ']'), nil
}

func lists(text []byte, names []bench.Metric, values map[bench.Metric][]float64) []byte {
	text = append(text, '[')
	for i, m := range names {
		of, ok := values[m]
		if text = comma(text, i); !ok {
			text = append(text, "null"...)
			continue
		}
		text = append(text, '[')
		for j, v := range of {
			text = number(comma(text, j), v, true)
		}
		text = append(text, ']')
	}
	return append(text, ']')
}

func comma(text []byte, i int) []byte {
	if i > 0 {
		return append(text, ',')
	}
	return text
}

// number appends a value as JSON has it, which has no word for infinity.
func number(text []byte, v float64, ok bool) []byte {
	if !ok || v-v != 0 {
		return append(text, "null"...)
	}
	return strconv.AppendFloat(text, v, 'g', digits, 64)
}
