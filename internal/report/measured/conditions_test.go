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
