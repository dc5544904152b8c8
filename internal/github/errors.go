package github

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v62/github"

	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/retry"
)

// Errors to tell apart with [errors.Is]. An ErrReadOnly does not fail a run for a
// fork's pull request: its results are published by another workflow.
var (
	ErrReadOnly    = errors.New("the token has no permission for this")
	ErrNotFound    = errors.New("not found")
	ErrExpired     = errors.New("expired or deleted")
	ErrRateLimited = errors.New("GitHub takes no more requests")
	ErrTooLarge    = retry.ErrTooLarge
)

// Error is a request that failed for good.
type Error struct {
	Doing  string // what was being done, in words
	Status int    // of the answer, 0 without one
	Said   string // GitHub's own message, one line, bounded
	Hint   string // what to do; may be empty
	Err    error  // one of those above, or the cause; may be nil
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Doing)
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, ": GitHub answered %d %s", e.Status, http.StatusText(e.Status))
	}
	if e.Said != "" {
		fmt.Fprintf(&b, ", %q", e.Said)
	}
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// unsure tells whether the failed request may have been carried out.
func unsure(err error) bool {
	e := new(Error)
	return errors.As(err, &e) && (e.Status == 0 || e.Status >= 500) && !errors.Is(err, ErrRateLimited)
}

// failed makes an [*Error] of what go-github or the transport returned, and nil
// of nil.
func failed(doing string, err error) error {
	if err == nil {
		return nil
	}
	answer := new(github.ErrorResponse)
	if !errors.As(err, &answer) || answer.Response == nil {
		return &Error{Doing: doing, Err: retry.WithoutQuery(err)}
	}
	e := &Error{Doing: doing, Status: answer.Response.StatusCode, Said: said(answer)}
	switch e.Status {
	case http.StatusUnauthorized:
		e.Hint = "the token is wrong or no longer valid: it ends with its job"
	case http.StatusForbidden:
		// "... by integration" for a job's own token, "... by personal access token".
		if strings.HasPrefix(e.Said, "Resource not accessible") {
			e.Err = ErrReadOnly
			e.Hint = readOnlyHint(answer.Response.Header.Get("X-Accepted-GitHub-Permissions"))
		}
	case http.StatusNotFound:
		e.Err = ErrNotFound
	case http.StatusGone:
		e.Err = ErrExpired
	}
	return e
}

// readOnlyHint names the permissions if GitHub does, as in
// "pull_requests=write; issues=write".
func readOnlyHint(accepted string) string {
	which := "the permission"
	if accepted = oneLine(accepted); accepted != "" {
		which = "one of the permissions " + accepted
	}
	return "give the workflow " + which + "; pull requests from forks and from Dependabot never have it"
}

// said is GitHub's message with the details that some answers carry.
func said(r *github.ErrorResponse) string {
	text := r.Message
	for _, e := range r.Errors {
		if detail := e.Message; detail != "" {
			text += ": " + detail
		} else if e.Field != "" {
			text += ": " + e.Field + " " + e.Code
		}
	}
	return oneLine(text)
}

// oneLine bounds what others wrote to 300 printable characters.
func oneLine(s string) string {
	return plain.To(s, 300)
}
