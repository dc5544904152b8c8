package proof

import (
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/gallery"
)

// fromRegistries are the rows of gateways as their registries have them, and two of ours in
// the same time.
func fromRegistries() []Row {
	var all []Row
	for _, g := range []struct{ row, gateway string }{
		{"reference", "go"},
		{"axum", "rust"},
		{"haproxy", "haproxy"},
		{"nginx", "nginx"},
		{"agentic", "agentic-server-0.9.0"},
		{"litellm", "litellm"},
		{"portkey", "portkey"},
	} {
		all = append(all, Row{Name: "aa-" + g.row, Is: "unchanged, " + g.gateway + ", a minute", Gateway: g.gateway, Flags: minute, Count: 15})
	}
	for _, v := range gallery.Variants {
		all = append(all, Row{
			Name: "nginx-" + v.Name, Is: "nginx with " + v.Is + "; the default suite and time", Gateway: "nginx", Flags: whole, Count: 10,
			Head:  func(Figures, uint64) Change { return Change{Edit: v.Edit, Says: v.Is} },
			Finds: &Find{string(v.Shows), []bench.Change{bench.ChangeNew, bench.ChangeOther}},
		})
	}
	return append(all,
		Row{
			Name: "agentic-upgrade", Is: "agentic-server 0.8.0 to 0.9.0; the default suite and time", Gateway: "agentic-server-0.8.0", Flags: whole, Count: 10,
			Head: func(Figures, uint64) Change {
				return Change{Says: "0.9.0", Edit: func(config string) string { return strings.ReplaceAll(config, "0.8.0", "0.9.0") }}
			},
			Finds: &Find{"delayed-ack-stall", []bench.Change{bench.ChangeGone}},
		},
		Row{Name: "litellm", Is: "unchanged LiteLLM; the default suite and time", Gateway: "litellm", Flags: whole, Count: 10},
		Row{
			Name: "litellm30", Is: "LiteLLM with a callback that uses 30 % of the overhead of one request at a time, as CPU time, before each request; the default suite and time", Gateway: "litellm", Flags: whole, Count: 10, Measured: true,
			Head: func(f Figures, _ uint64) Change {
				seconds := 0.3 * f.added()
				return Change{Says: fmt.Sprintf("callback of %.2f ms", 1e3*seconds), Edit: calling(seconds)}
			},
		},
	)
}

// calling gives LiteLLM a callback that uses CPU time before each request.
func calling(seconds float64) func(config string) string {
	return func(config string) string {
		return strings.Replace(config, "    EOF\n", fmt.Sprintf(callback, seconds), 1)
	}
}

// callback ends LiteLLM's configuration, and writes the module beside it.
const callback = `    litellm_settings: {callbacks: [slower.hook]}
    EOF
    cat > "$BENCH_DIR/slower.py" <<EOF
    import time
    from litellm.integrations.custom_logger import CustomLogger

    class Slower(CustomLogger):
        async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
            end = time.thread_time() + %.9f
            while time.thread_time() < end:
                pass

    hook = Slower()
    EOF
`
