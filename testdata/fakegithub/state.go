package fakegithub

import (
	"crypto/sha256"
	"fmt"
	"slices"
)

// state is everything that the repository holds.
type state struct {
	lastID    int64
	runs      []Run
	artifacts []Artifact
	pulls     []Pull
	comments  []Comment
	checks    []Check
	statuses  []Status
	parents   map[string][]string  // of each commit
	refs      map[string]string    // the commits of branches and tags
	release   string               // the tag of the latest one; empty: there is none
	signed    map[string][]byte    // the store, by path and query
	files     map[[2]string]string // by commit and path
	tags      map[string]string    // annotated ones, each with what it points to
}

func newState() state {
	return state{
		lastID: 100, parents: map[string][]string{}, refs: map[string]string{}, signed: map[string][]byte{},
		files: map[[2]string]string{}, tags: map[string]string{},
	}
}

// Gone is the id of a head repository that has been deleted.
const Gone = -1

// Run is a workflow run. What is left empty is as for a good run of a push to
// the default branch.
type Run struct {
	ID             int64  // the next one
	WorkflowID     int64  // 77
	Workflow       string // its file: bench.yml
	Event          string // push
	Status         string // completed
	Conclusion     string // success, once it is completed
	Branch         string // the default one
	SHA            string
	HeadRepository int64 // the repository itself; or [Gone]
}

// Artifact is what a run has left.
type Artifact struct {
	ID      int64 // the next one
	Run     int64
	Name    string
	Zip     []byte
	Digest  string // that of Zip; or [NoDigest]
	Expired bool
}

// NoDigest is the digest of an artifact that has none.
const NoDigest = "none"

// Pull is a pull request.
type Pull struct {
	Number         int
	HeadSHA        string
	HeadBranch     string
	HeadOwner      string // of the repository itself, if empty
	HeadRepository int64  // the repository itself; or [Gone]
	BaseSHA        string
	BaseBranch     string // the default one
	Author         string // the head's owner, if empty
	Labels         []string
	Closed         bool
}

// Comment is one on a pull request.
type Comment struct {
	ID     int64 // the next one
	Pull   int
	Author string // a login; one that ends in [bot] is an app's
	Body   string
}

// Check is a check run as it has been built up by requests.
type Check struct {
	ID                                                  int64
	Name, SHA, Status, Conclusion, Title, Summary, Text string
	Annotations                                         []Annotation
	Requests                                            int // that it took
}

// Annotation is one of a check.
type Annotation struct {
	Path                  string
	FirstLine, LastLine   int
	Level, Title, Message string
}

// Status is a commit status.
type Status struct{ SHA, State, Context, Description, URL string }

// SHA makes the name of a commit out of any text.
func SHA(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:40] }

// next is an unused id.
func (s *Server) next() int64 {
	s.lastID++
	return s.lastID
}

func or[T comparable](value *T, otherwise T) {
	var zero T
	if *value == zero {
		*value = otherwise
	}
}

// AddCommit adds a commit to the history.
func (s *Server) AddCommit(sha string, parents ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parents[sha] = parents
}

// AddFile adds a file to a commit.
func (s *Server) AddFile(sha, path, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[[2]string{sha, path}] = content
}

// AddTag adds an annotated tag that points to a commit or to another tag.
func (s *Server) AddTag(sha, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tags[sha] = to
}

// SetRef has a branch or tag name a commit.
func (s *Server) SetRef(name, sha string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refs[name] = sha
}

// Release makes a tag the latest release.
func (s *Server) Release(tag string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release = tag
}

// AddRun adds a run and returns its id.
func (s *Server) AddRun(r Run) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.ID == 0 {
		r.ID = s.next()
	}
	or(&r.WorkflowID, 77)
	or(&r.Workflow, "bench.yml")
	or(&r.Event, "push")
	or(&r.Status, "completed")
	if r.Status == "completed" {
		or(&r.Conclusion, "success")
	}
	or(&r.Branch, s.Branch)
	or(&r.HeadRepository, s.ID)
	s.runs = append(s.runs, r)
	return r.ID
}

// AddArtifact adds an artifact and returns its id.
func (s *Server) AddArtifact(a Artifact) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.ID == 0 {
		a.ID = s.next()
	}
	or(&a.Digest, fmt.Sprintf("sha256:%x", sha256.Sum256(a.Zip)))
	s.artifacts = append(s.artifacts, a)
	return a.ID
}

// Expire has all artifacts of a name expire.
func (s *Server) Expire(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.artifacts {
		if s.artifacts[i].Name == name {
			s.artifacts[i].Expired = true
		}
	}
}

// AddPull adds a pull request.
func (s *Server) AddPull(p Pull) {
	s.mu.Lock()
	defer s.mu.Unlock()
	or(&p.HeadOwner, s.Owner)
	or(&p.HeadRepository, s.ID)
	or(&p.BaseBranch, s.Branch)
	or(&p.Author, p.HeadOwner)
	s.pulls = append(s.pulls, p)
}

// SetLabels replaces the labels of a pull request.
func (s *Server) SetLabels(pull int, labels ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.pulls {
		if s.pulls[i].Number == pull {
			s.pulls[i].Labels = slices.Clone(labels)
		}
	}
}

// Labels are those of a pull request.
func (s *Server) Labels(pull int) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.pulls {
		if p.Number == pull {
			return slices.Clone(p.Labels)
		}
	}
	return nil
}

// AddComment adds a comment, whoever its author is, and returns its id.
func (s *Server) AddComment(c Comment) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.ID == 0 {
		c.ID = s.next()
	}
	s.comments = append(s.comments, c)
	return c.ID
}

// Comments are those on a pull request, the oldest first.
func (s *Server) Comments(pull int) []Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	return where(s.comments, func(c Comment) bool { return c.Pull == pull })
}

// Checks are those of a commit, the oldest first.
func (s *Server) Checks(sha string) []Check {
	s.mu.Lock()
	defer s.mu.Unlock()
	return where(s.checks, func(c Check) bool { return c.SHA == sha })
}

// Statuses are those of a commit, the oldest first.
func (s *Server) Statuses(sha string) []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return where(s.statuses, func(c Status) bool { return c.SHA == sha })
}

func where[T any](all []T, keep func(T) bool) []T {
	var kept []T
	for _, one := range all {
		if keep(one) {
			kept = append(kept, one)
		}
	}
	return kept
}
