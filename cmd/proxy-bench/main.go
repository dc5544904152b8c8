// Command proxy-bench measures what an LLM gateway adds to every request, and
// tells whether a change made it worse.
package main

import (
	"os"
	"time"

	"github.com/org/proxy-bench-action/internal/app"
)

func main() {
	os.Exit(app.Main(app.World{
		Args:    os.Args[1:],
		Environ: os.Environ(),
		Stdin:   os.Stdin,
		Stdout:  os.Stdout,
		Stderr:  os.Stderr,
		Now:     time.Now,
	}))
}
