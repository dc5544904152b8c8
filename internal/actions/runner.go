package actions

import (
	"io"
	"strings"
	"sync"

	"github.com/sethvargo/go-githubactions"
)

// Runner speaks with the runner of the step we are: [workflow commands] on its
// log, and command files. All methods may be called from several goroutines.
//
// The runner reads stdout and stderr as they come, in no certain order between
// the two. So everything that is not ours has to go to the one log, through
// [Runner.Untrusted], and nothing but whole lines of ours beside it.
//
// [workflow commands]: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
type Runner struct {
	getenv   func(string) string
	commands *githubactions.Action

	mu      sync.Mutex
	log     io.Writer
	token   string // ends the open fence; empty without one
	broken  breaker
	midLine bool // what was written last, inside the fence, ended no line
}

// NewRunner returns a Runner over the step's environment and its log, which is
// its stdout.
func NewRunner(getenv func(string) string, log io.Writer) *Runner {
	return &Runner{
		getenv:   getenv,
		commands: githubactions.New(githubactions.WithGetenv(getenv), githubactions.WithWriter(deaf{log})),
		log:      log,
	}
}

// deaf hides write errors from the library, which panics on them. When the log is
// gone, there is no place to report them.
type deaf struct{ w io.Writer }

func (d deaf) Write(p []byte) (int, error) {
	_, _ = d.w.Write(p)
	return len(p), nil
}

// Input is the action's input of that name without the space around it, empty
// when it was not given. Hyphens stay hyphens: fail-on is INPUT_FAIL-ON.
func (r *Runner) Input(name string) string { return r.commands.GetInput(name) }

// Group opens a foldable group of lines in the log. Groups do not nest.
func (r *Runner) Group(title string) { r.issue("group", title, nil) }

// EndGroup closes the group.
func (r *Runner) EndGroup() { r.issue("endgroup", "", nil) }

// Mask makes the runner print *** in place of secret from now on.
func (r *Runner) Mask(secret string) {
	if strings.TrimSpace(secret) != "" { // the runner would warn of it
		r.issue("add-mask", secret, nil)
	}
}

// Notice annotates the run with a notice. GitHub shows the first ten notices,
// warnings and errors each of a step.
func (r *Runner) Notice(message string) { r.issue("notice", message, nil) }

// Warning annotates the run with a warning, at the first line of a file of the
// repository, or nowhere for an empty one.
func (r *Runner) Warning(message, file string) { r.issue("warning", message, firstLine(file)) }

// Error annotates the run with an error, as Warning does. The step fails by its exit
// status, not by this.
func (r *Runner) Error(message, file string) { r.issue("error", message, firstLine(file)) }

func firstLine(file string) githubactions.CommandProperties {
	if file == "" {
		return nil
	}
	return githubactions.CommandProperties{"file": file, "line": "1"}
}

// issue writes one command, outside of the fence: inside, the runner would
// ignore it, and print a secret that it was to mask.
func (r *Runner) issue(name, message string, props githubactions.CommandProperties) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.resume()
	r.commands.IssueCommand(&githubactions.Command{Name: name, Message: message, Properties: props})
}
