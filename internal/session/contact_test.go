package session

import (
	"reflect"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/mockllm"
)

// TestUpstream: what came between two readings, without the looks at health.
func TestUpstream(t *testing.T) {
	refusal := func(path string, count int64) bench.Unserved {
		return bench.Unserved{Method: "POST", Path: path, Status: 404, Count: count}
	}
	before := mockllm.Stats{
		ByPath:   map[string]int64{"/v1/responses": 3, "/health": 1},
		Unserved: []bench.Unserved{refusal("/a", 2), refusal("/b", 1)},
	}
	after := mockllm.Stats{
		ByPath:   map[string]int64{"/v1/responses": 5, "/v1/messages": 1, "/health": 9, "/v1/models": 2},
		Unserved: []bench.Unserved{refusal("/a", 2), refusal("/b", 4), refusal("/c", 1)},
	}
	n, paths, refused := upstream(before, after)
	if n != 7 || !reflect.DeepEqual(paths, []string{"/v1/messages", "/v1/responses"}) ||
		!reflect.DeepEqual(refused, []bench.Unserved{refusal("/b", 3), refusal("/c", 1)}) {
		t.Errorf("%d, %v, %v", n, paths, refused)
	}
}
