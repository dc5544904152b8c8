package proof

import (
	"fmt"

	"github.com/org/proxy-bench-action/testdata/gallery"
)

// Gateway is a gateway that is compared with itself, changed or not. Base is a bundle of
// its program and a file `args` that the start line reads; head is the same start line
// with other `args`. One from a registry is a commit for base and one for head.
type Gateway struct {
	Program string // file in its directory; empty: it is from a registry
	Build   string // shell line that makes Source
	Source  string // what to copy there; empty: the reference gateway
	Start   string // the start line
	Args    string // that base and head have
	Config  string // lines of the configuration beside the gateway
	// Clean are the flags with which its figures are measured.
	Clean []string
	// Registry is the gateway's configuration and files.
	Registry *gallery.Gateway
}

// soon is enough for the figures of a fast gateway.
var soon = append(small("30s"), "--rounds", "7")

const (
	listens   = ` -listen "127.0.0.1:$PORT" -upstream "$UPSTREAM_URL" $(cat args)`
	reference = "exec ./reference" + listens
)

// Gateways are those of the rows, by name.
var Gateways = named(map[string]Gateway{
	"go": {Program: "reference", Start: reference, Clean: soon},
	"rust": {
		Program: "axum-gateway", Start: "exec ./axum-gateway" + listens, Clean: soon,
		Build:  "cargo build --locked --release --quiet --manifest-path testdata/gateways/axum/Cargo.toml",
		Source: "testdata/gateways/axum/target/release/axum-gateway",
	},
	"node": {Program: "server.mjs", Source: "testdata/gateways/node/server.mjs", Start: "exec node server.mjs", Clean: soon},
	"luck": {Program: "reference", Start: reference, Args: "-fault start-delay=3s -fault process-luck=25", Clean: soon},
	"wait": {Program: "reference", Start: reference, Config: "mock: {latency: 20ms}\n", Clean: soon},
	"slow": {
		Program: "reference", Start: reference, Args: "-fault start-delay=8s -fault lock -fault delay=50ms",
		Clean: []string{"--modes", "json", "--concurrency", "1", "--body", "1KB", "--time-budget", "60s"},
	},
}, "haproxy", "nginx", "agentic-server-0.8.0", "agentic-server-0.9.0", "litellm", "portkey")

// named adds gateways from registries.
func named(all map[string]Gateway, registries ...string) map[string]Gateway {
	for i, g := range gallery.All {
		for _, name := range registries {
			if g.Name == name {
				all[name] = Gateway{Registry: &gallery.All[i], Clean: []string{"--modes", "json,sse", "--concurrency", "1", "--body", "10KB", "--time-budget", "60s"}}
			}
		}
	}
	return all
}

// Configuration is that of a gateway of ours.
func (g Gateway) Configuration() string {
	return fmt.Sprintf("version: 1\ngateway:\n  start: %s\n  ready: {timeout: 30s}\n  bundle: [%s, args]\n%s", g.Start, g.Program, g.Config)
}
