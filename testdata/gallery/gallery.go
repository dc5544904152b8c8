// Package gallery has the gateways of testdata/gateways as they were measured: the
// list, what is taken from the file of a run, and the page docs/gateways.md made of
// that. Command gallery/cmd measures; the tests of the measured tier try each gateway.
package gallery

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Gateway is one gateway with one configuration.
type Gateway struct {
	Name   string // unique
	Title  string // as the page names it
	Config string // path of the configuration in testdata/gateways
	From   string // where it comes from
	// Version is that of the installing script. Empty: that of the Debian package
	// Package, or, without one, of this repository.
	Version, Package string
	// Loses is the largest share of its requests that it may lose by a known fault of
	// its own.
	Loses float64
}

// Where the figures and the page are, from the root of the repository.
const (
	File     = "testdata/gallery/measured.json"
	PageFile = "docs/gateways.md"
)

const ours = "this repository"

// All lists every configuration of testdata/gateways, the cheapest kind first.
var All = []Gateway{
	{Name: "haproxy", Title: "HAProxy", Config: "haproxy/proxy-bench.yml", From: "Debian", Package: "haproxy"},
	{Name: "nginx", Title: "nginx", Config: "nginx/proxy-bench.yml", From: "Debian", Package: "nginx-light"},
	// Caddy 2.6 ends about one stream of ten thousand without its last event, as if it
	// were whole: Go's transport closes the connection to the backend when an answer
	// begins while its request is still being read (https://go.dev/issue/40747).
	{Name: "caddy", Title: "Caddy", Config: "caddy/proxy-bench.yml", From: "Debian", Package: "caddy", Loses: 0.001},
	{Name: "reference", Title: "reference, Go", Config: "reference/proxy-bench.yml", From: ours},
	{Name: "axum", Title: "axum, Rust", Config: "axum/proxy-bench.yml", From: ours},
	{Name: "agentic-server-0.8.0", Title: "agentic-server, store: false", Config: "agentic-server/0.8.0.yml", From: "PyPI agentic-api", Version: "0.8.0"},
	{Name: "agentic-server-0.9.0", Title: "agentic-server, store: false", Config: "agentic-server/0.9.0.yml", From: "PyPI agentic-api", Version: "0.9.0"},
	{Name: "agentic-server-0.8.0-store", Title: "agentic-server, store: true", Config: "agentic-server/0.8.0-store.yml", From: "PyPI agentic-api", Version: "0.8.0"},
	{Name: "agentic-server-0.9.0-store", Title: "agentic-server, store: true", Config: "agentic-server/0.9.0-store.yml", From: "PyPI agentic-api", Version: "0.9.0"},
	{Name: "sglang-router", Title: "sglang-router", Config: "sglang-router/proxy-bench.yml", From: "PyPI sglang-router", Version: "0.3.2"},
	{Name: "portkey", Title: "Portkey", Config: "portkey/proxy-bench.yml", From: "npm @portkey-ai/gateway", Version: "1.15.2"},
	{Name: "litellm", Title: "LiteLLM", Config: "litellm/proxy-bench.yml", From: "PyPI litellm[proxy]", Version: "1.100.0"},
}

// ConfigPath is the path of the configuration from the root of the repository.
func (g Gateway) ConfigPath() string { return "testdata/gateways/" + g.Config }

// Command is what measures it in a time budget of seconds, in the root of the repository.
func (g Gateway) Command(budget float64) string {
	return fmt.Sprintf("proxy-bench run --config %s --time-budget %s", g.ConfigPath(), time.Duration(budget*float64(time.Second)))
}

// Present is the version that its build line installs; root is that of the repository.
func (g Gateway) Present(root string) (string, error) {
	switch {
	case g.Version != "":
		return g.Version, nil
	case g.Package == "":
		return "as it is here", nil
	}
	if out, err := exec.Command(filepath.Join(root, filepath.Dir(g.ConfigPath()), "install")).CombinedOutput(); err != nil {
		return "", fmt.Errorf("installing %s: %w\n%s", g.Name, err, out)
	}
	out, err := exec.Command("dpkg-query", "--show", "--showformat=${Version}", g.Package).Output()
	if err != nil {
		return "", fmt.Errorf("the version of %s: %w", g.Package, err)
	}
	return strings.TrimSpace(string(out)), nil
}
