package actions

import (
	"crypto/rand"
	"io"

	"github.com/sethvargo/go-githubactions"
)

// Untrusted returns a writer to the log for what builds and gateways print. The
// runner takes no commands from it: the text stands between stop-commands and a
// random token, and a breaker takes it apart as well. The fence opens with the first byte, and every command
// that the Runner issues closes it; the next byte opens a new one.
//
// All writers of a Runner share the fence, since they share the lines of the
// log. What they print is not bounded here.
func (r *Runner) Untrusted() io.Writer { return untrusted{r} }

type untrusted struct{ r *Runner }

func (u untrusted) Write(p []byte) (int, error) {
	r := u.r
	if len(p) == 0 {
		return 0, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.token == "" {
		r.token = rand.Text()
		r.commands.IssueCommand(&githubactions.Command{Name: "stop-commands", Message: r.token})
	}
	r.midLine = p[len(p)-1] != '\n'
	if _, err := r.log.Write(r.broken.append(nil, p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Resume closes the fence if it is open. Call it before the process ends.
func (r *Runner) Resume() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.resume()
}

func (r *Runner) resume() {
	if r.token == "" {
		return
	}
	if r.midLine { // the runner knows the token at the start of a line only
		_, _ = r.log.Write([]byte{'\n'})
	}
	r.commands.IssueCommand(&githubactions.Command{Name: r.token})
	r.token, r.midLine, r.broken = "", false, breaker{}
}
