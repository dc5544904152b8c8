package workflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/session"
)

// ownSettings are those that a published result is decided by: of the configuration in
// the repository, at the base commit of the pull request, and of the inputs of this
// workflow, which is the repository's own. What the run says of its settings is a
// stranger's word. Where there is no such file or it cannot be used, the defaults stand,
// and it is said.
func (s *step) ownSettings(ctx context.Context, c *report.Context, t target) (config.Sources, error) {
	inputs := config.Sources{Overrides: s.inputs.settings}
	name := path.Join(filepath.ToSlash(s.inputs.directory), cmp.Or(s.inputs.config, session.DefaultConfig))
	if !filepath.IsLocal(name) {
		return inputs, host.Usagef("inputs working-directory and config: %q leads out of the repository", name)
	}
	note := func(format string, args ...any) {
		c.Notes = append(c.Notes, fmt.Sprintf(format, args...))
	}
	from, whose := t.base, "the base commit"
	if s.inputs.by == "head" {
		from, whose = t.sha, "this pull request"
	}
	file, err := s.client.File(ctx, from, name)
	switch {
	case errors.Is(err, github.ErrNotFound):
		none := fmt.Sprintf("There is no %s in %s, so this was decided by the inputs of this workflow and the defaults.", name, whose)
		s.runner.Notice(none)
		if s.inputs.config != "" { // which somebody expects
			note("%s", none)
		}
	case err != nil:
		note("The settings of %s could not be read, so this was decided by the defaults: %s.", whose, plain.To(err.Error(), 300))
		return inputs, nil
	default:
		c.Config = name
		own := inputs
		own.Name, own.File = name+" of "+whose, file
		if _, err := config.Load(config.ForDeciding, own); err != nil {
			note("The settings of %s cannot be used, so this was decided by the defaults: %s.", whose, firstLine(err))
			return inputs, nil
		}
		inputs = own
	}
	if changed := s.changedSettings(ctx, file, name, t); changed != "" {
		note("This pull request changes settings that decide: %s. Those of the base decide; the input settings: head has it the other way.", changed)
	}
	return inputs, nil
}

// changedSettings names the settings that decide and that the pull request changes.
// Nothing of them counts, so that a file which cannot be read or used is passed over.
func (s *step) changedSettings(ctx context.Context, base []byte, name string, t target) string {
	if s.inputs.by == "head" {
		return ""
	}
	head, err := s.client.File(ctx, t.sha, name)
	if err != nil {
		return ""
	}
	if _, err := config.Load(config.ForDeciding, config.Sources{Name: name, File: head}); err != nil {
		return ""
	}
	if len(base) == 0 {
		base = []byte("version: 1\n")
	}
	_, changed, err := config.Graft(head, base)
	if err != nil {
		return ""
	}
	return nameChanges(changed)
}

// nameChanges bounds what a stranger can have written.
func nameChanges(changed []config.Change) string {
	var named []string
	for _, c := range changed {
		named = append(named, c.String())
	}
	return plain.To(strings.Join(named, "; "), 600)
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimSuffix(plain.To(line, 300), ".")
}
