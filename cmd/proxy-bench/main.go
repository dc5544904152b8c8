// Command proxy-bench measures what an LLM gateway adds to every request, and
// tells whether a change made it worse.
package main

import (
	"os"

	"github.com/org/proxy-bench-action/internal/cli"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/internal/workflow"
)

func main() { os.Exit(run(host.Process())) }

func run(w host.World) int {
	if code, ok := session.Child(w); ok {
		return code
	}
	if workflow.Here(w) {
		return workflow.Main(w)
	}
	return cli.Main(w)
}
