package measured

import (
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

func TestRequestsInOneLine(t *testing.T) {
	for want, r := range map[string]bench.Requests{
		"POST /v1/responses, model bench-model": {Path: "/v1/responses", Model: "bench-model"},
		"POST /x, model m, own headers Authorization, x-key; requests of 100B have 124 bytes": {
			Path: "/x", Model: "m", Headers: []string{"Authorization", "x-key"}, Notes: []string{"requests of 100B have 124 bytes"},
		},
	} {
		if got := requests(r); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestLooks(t *testing.T) {
	got := looks([]bench.Look{{Stage: bench.Screen, Pairs: 8}, {Stage: bench.Screen, Pairs: 15}, {Stage: bench.Confirm, Pairs: 10, Level: 0.05}, {Stage: bench.Confirm, Pairs: 1, Level: 0.95}})
	if want := "after 8 process pairs, 15 process pairs, 10 fresh process pairs with 5 % of the level, 1 fresh process pair with 95 % of the level"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
