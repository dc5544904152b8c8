// Command proxy-bench measures what an LLM gateway adds to every request, and
// tells whether a change made it worse.
package main

import (
	"os"

	"github.com/org/proxy-bench-action/internal/app"
	"github.com/org/proxy-bench-action/internal/host"
)

func main() { os.Exit(app.Main(host.Process())) }
