package observed

import (
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// tally counts behaviours, each once whatever its cases.
type tally struct {
	harm              int // all kinds
	always, sometimes int // of it seen
	looked            int // of it looked for and not seen
	partly            int // of it that could not be seen in some cases
	impossible        int // behaviours of any kind that could not be seen at all
}

func tallied(rows []*row) (t tally) {
	type state struct{ harm, always, shows, possible, impossible bool }
	of := make(map[bench.BehaviourName]state)
	for _, r := range rows {
		s := of[r.Name]
		of[r.Name] = state{
			harm: r.Harm, always: s.always || r.always(), shows: s.shows || r.shows(),
			possible: s.possible || r.possible(), impossible: s.impossible || !r.possible(),
		}
	}
	for _, s := range of {
		if !s.possible {
			t.impossible++
		}
		if !s.harm {
			continue
		}
		t.harm++
		switch {
		case s.always:
			t.always++
		case s.shows:
			t.sometimes++
		case s.possible:
			t.looked++
		}
		if s.possible && s.impossible {
			t.partly++
		}
	}
	return t
}

// String is the tally as a sentence, empty without behaviours that it counts.
func (t tally) String() string {
	var parts []string
	switch {
	case t.harm == 0:
	case t.always+t.sometimes == 0:
		parts = append(parts, "No harm seen", figures.Counted(t.looked, "kind")+" looked for")
	default:
		parts = append(parts, figures.Counted(t.always, "kind")+" of harm seen")
		if t.sometimes > 0 {
			parts = append(parts, fmt.Sprintf("%d in some exchanges only", t.sometimes))
		}
		parts = append(parts, fmt.Sprintf("%d more looked for", t.looked))
	}
	if t.partly > 0 {
		parts = append(parts, fmt.Sprintf("%d of them not in every case", t.partly))
	}
	if t.impossible > 0 {
		parts = append(parts, figures.Counted(t.impossible, "behaviour")+" could not be seen")
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + "."
}
