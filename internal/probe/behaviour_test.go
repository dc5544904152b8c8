package probe

import (
	"net/http"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// calmly makes a check of times up to three times: a moment of a busy machine spoils one of
// them, and what is wrong spoils all.
func calmly(t *testing.T, check func() error) {
	t.Helper()
	var err error
	for range 3 {
		if err = check(); err == nil {
			return
		}
		t.Log(err)
	}
	t.Error(err)
}

// harms makes the exchanges of some situations with the direct path and a toy gateway,
// and has what behaviours that are harm were seen in all of them, by name and case.
func harms(t *testing.T, api llmapi.API, of []situation, gateway func(http.Handler) http.Handler) map[string]bench.Fact {
	t.Helper()
	all := map[string]bench.Fact{}
	for _, f := range factsOf(t, api, of, gateway) {
		b, _ := behaviour.Describe(f.Behaviour)
		if f.Arm != bench.Head || !b.Harm || f.Of == 0 || f.Seen < f.Of {
			continue
		}
		all[named(f)] = f
	}
	return all
}

// named is the behaviour of a fact, with its case.
func named(f bench.Fact) string {
	if f.Case == "" {
		return string(f.Behaviour)
	}
	return string(f.Behaviour) + " " + f.Case
}

func factsOf(t *testing.T, api llmapi.API, of []situation, gateway func(http.Handler) http.Handler) []bench.Fact {
	t.Helper()
	mock := startMock(t)
	var all []exchange.Exchange
	players := []*player{newPlayer(inFront(t, mock, api, nil), mock, 0), newPlayer(inFront(t, mock, api, gateway), mock, 1)}
	for _, s := range of {
		for _, name := range s.caseNames() {
			made, err := side(t.Context(), players, s, name, time.Now().Add(time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, made...)
		}
	}
	for _, p := range players {
		p.close()
	}
	return behaviour.Facts(all)
}

// situationNamed is one row.
func situationNamed(name exchange.Situation) []situation {
	for _, s := range situations {
		if s.name == name {
			return []situation{s}
		}
	}
	panic("no situation " + name)
}
