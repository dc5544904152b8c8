package github

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/google/go-github/v62/github"
)

// The limits of https://docs.github.com/rest/checks/runs.
const (
	// CheckTextLimit: "The summary of the check run. Maximum length: 65535
	// characters", and the same of its text. Counted here in bytes, which are
	// never fewer.
	CheckTextLimit = 65_535
	// annotationLimit: "The Checks API limits the number of annotations to a
	// maximum of 50 per API request."
	annotationLimit = 50
	// AnnotationTitleLimit: "The maximum size is 255 characters."
	AnnotationTitleLimit = 255
	// AnnotationMessageLimit: "The maximum size is 64 KB."
	AnnotationMessageLimit = 64_000
)

// Conclusion is how a check ends.
type Conclusion string

// The conclusions. A neutral check does not stop a merge.
const (
	Success Conclusion = "success"
	Failure Conclusion = "failure"
	Neutral Conclusion = "neutral"
	// Cancelled is that of a run that was stopped before it could say anything.
	Cancelled Conclusion = "cancelled"
)

// Check is a finished check run.
type Check struct {
	Name       string
	HeadSHA    string // the author's commit: nobody looks at the merge commit
	Conclusion Conclusion
	Title      string // plain text
	Summary    string // Markdown; needed
	Text       string // Markdown
	// Annotations are shown beside the lines they name, at most 50.
	Annotations []Annotation
}

// Level is how grave an annotation is.
type Level string

// The levels.
const (
	Notice  Level = "notice"
	Warning Level = "warning"
	Fault   Level = "failure"
)

// Annotation is a note on a line of a file.
type Annotation struct {
	Path    string // in the repository
	Line    int    // from 1
	Level   Level
	Title   string // may be empty
	Message string
}

// CreateCheck makes a check run. It may appear twice when an answer is lost on the
// way, which does less harm than a missing one: the latest counts.
func (c *Client) CreateCheck(ctx context.Context, check Check) error {
	doing := fmt.Sprintf("creating check %s for commit %.12s", oneLine(check.Name), check.HeadSHA)
	if err := check.check(); err != nil {
		return &Error{Doing: doing, Err: err}
	}
	_, _, err := c.api.Checks.CreateCheckRun(repeating(ctx), c.owner, c.repo, github.CreateCheckRunOptions{
		Name: check.Name, HeadSHA: check.HeadSHA,
		Status: new("completed"), Conclusion: new(string(check.Conclusion)),
		Output: check.output(),
	})
	return failed(doing, err)
}

func (k Check) check() error {
	var all []error
	if k.Name == "" || k.Title == "" || k.Summary == "" {
		all = append(all, errors.New("it needs a name, a title and a summary"))
	}
	switch k.Conclusion {
	case Success, Failure, Neutral, Cancelled:
	default:
		all = append(all, fmt.Errorf("its conclusion is %q, expected success, failure, neutral or cancelled", k.Conclusion))
	}
	if len(k.Summary) > CheckTextLimit || len(k.Text) > CheckTextLimit {
		all = append(all, fmt.Errorf("%w: its summary has %d bytes and its text %d, the limit is %d for each", ErrTooLarge, len(k.Summary), len(k.Text), CheckTextLimit))
	}
	if len(k.Annotations) > annotationLimit {
		all = append(all, fmt.Errorf("%w: it has %d annotations, the limit is %d", ErrTooLarge, len(k.Annotations), annotationLimit))
	}
	for i, a := range k.Annotations {
		if err := a.check(); err != nil {
			all = append(all, fmt.Errorf("annotation %d: %w", i+1, err))
		}
	}
	return errors.Join(append(all, shas{{"its commit", k.HeadSHA, false}}.check())...)
}

func (a Annotation) check() error {
	switch {
	case a.Path == "" || a.Message == "":
		return errors.New("it needs a path and a message")
	case a.Line < 1:
		return fmt.Errorf("it is for line %d", a.Line)
	case a.Level != Notice && a.Level != Warning && a.Level != Fault:
		return fmt.Errorf("its level is %q, expected notice, warning or failure", a.Level)
	case utf8.RuneCountInString(a.Title) > AnnotationTitleLimit || len(a.Message) > AnnotationMessageLimit:
		return fmt.Errorf("%w: its title may have %d characters, its message %d bytes", ErrTooLarge, AnnotationTitleLimit, AnnotationMessageLimit)
	}
	return nil
}

func (k Check) output() *github.CheckRunOutput {
	o := &github.CheckRunOutput{Title: &k.Title, Summary: &k.Summary}
	if k.Text != "" {
		o.Text = &k.Text
	}
	for _, a := range k.Annotations {
		one := &github.CheckRunAnnotation{
			Path: &a.Path, StartLine: &a.Line, EndLine: &a.Line,
			AnnotationLevel: new(string(a.Level)), Message: &a.Message,
		}
		if a.Title != "" {
			one.Title = &a.Title
		}
		o.Annotations = append(o.Annotations, one)
	}
	return o
}

// StatusLimit is the most characters of a status's description. GitHub refuses
// more with "description is too long (maximum is 140 characters)".
const StatusLimit = 140

// Status is a commit status. It knows no neutral: what is not to stop a merge is
// a success whose description says the rest.
type Status struct {
	SHA         string // the author's commit
	Context     string // its name; a later status of the same name replaces it
	Failed      bool
	Description string // plain text
	URL         string // of the details; may be empty
}

// CreateStatus sets the status of a commit.
func (c *Client) CreateStatus(ctx context.Context, s Status) error {
	doing := fmt.Sprintf("setting status %s of commit %.12s", oneLine(s.Context), s.SHA)
	if err := s.check(); err != nil {
		return &Error{Doing: doing, Err: err}
	}
	status := &github.RepoStatus{State: new("success"), Context: &s.Context, Description: &s.Description}
	if s.Failed {
		status.State = new("failure")
	}
	if s.URL != "" {
		status.TargetURL = &s.URL
	}
	_, _, err := c.api.Repositories.CreateStatus(repeating(ctx), c.owner, c.repo, s.SHA, status)
	return failed(doing, err)
}

func (s Status) check() error {
	if s.Context == "" {
		return fmt.Errorf("it needs a context")
	}
	if n := utf8.RuneCountInString(s.Description); n > StatusLimit {
		return fmt.Errorf("%w: its description has %d characters, the limit is %d", ErrTooLarge, n, StatusLimit)
	}
	return shas{{"its commit", s.SHA, false}}.check()
}
