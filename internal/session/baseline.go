package session

import (
	"io"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/saved"
)

// WriteBaseline writes what later gates are compared with, as a zip: the head's
// rounds, its build, and the history that came before.
func WriteBaseline(to io.Writer, r Result, head bench.Recipe, log Log) error {
	b, err := saved.Next(r.Run, r.Base.Stored)
	if err != nil {
		return err
	}
	b.Identity, b.Gateway = r.Identity, head
	_, said, err := baseline.Leave(to, b, ".")
	for _, line := range said {
		log.Say("%s", line)
	}
	return err
}
