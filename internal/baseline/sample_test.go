package baseline

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/testdata/recordtest"
)

func sampleBaseline(rounds int, scenarios ...bench.Scenario) Baseline {
	run := recordtest.Run(rounds, scenarios...)
	return Baseline{
		Schema: Schema,
		Run:    run,
		Gateway: bench.Recipe{
			Start: "exec ./gw --port \"$PORT\" && echo 'ok' > /dev/null",
			Env:   map[string]string{"http_proxy": "", "HTTP_PROXY": "", "KEY": "mock"},
			Ready: bench.Ready{Path: "/health", Timeout: 60},
		},
		History: history.Append(nil, run),
		Bundle: &Manifest{
			Files: []File{
				{Path: "bin", Dir: true, Mode: 0o755},
				{Path: "bin/gw", Mode: 0o755, Size: 5, SHA256: strings.Repeat("0a", 32)},
			},
			Total: 5,
		},
	}
}

func written(t testing.TB, b Baseline) []byte {
	t.Helper()
	data, err := encode(b)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
