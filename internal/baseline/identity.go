package baseline

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
)

// Identity says of which gateway a baseline is, and by which attempt of a job it was
// left. Numbers and bundles of two gateways look alike.
type Identity struct {
	// Repository is GitHub's number for it, which a new name does not change; 0 is
	// unknown.
	Repository int64 `json:"repository_id,omitempty"`
	// Directory is that of the gateway in the repository, with slashes; "." is the
	// repository's root, empty is unknown.
	Directory string `json:"directory,omitempty"`
	// Key is what the workflow tells gateways apart by; empty for a single one.
	Key     string `json:"key,omitempty"`
	Attempt int    `json:"attempt,omitempty"` // of the workflow run
	// Shared is true where several jobs of one run have left baselines under one name:
	// this is one of them, nobody knows whose.
	Shared bool `json:"shared,omitempty"`
}

// Difference says why a baseline is not of the gateway that a job measures; empty when
// it is, as far as both are known.
func (i Identity) Difference(job Identity) string {
	switch {
	case i.Shared:
		return "several jobs of one run have left it under one name, so it may be of another gateway; set the input key to a value that differs between the jobs"
	case i.Repository != 0 && job.Repository != 0 && i.Repository != job.Repository:
		return fmt.Sprintf("the baseline is of repository %d, this is repository %d", i.Repository, job.Repository)
	case i.Key != job.Key || i.Directory != "" && job.Directory != "" && i.Directory != job.Directory:
		return fmt.Sprintf("the baseline is of %s, this is %s", i, job)
	}
	return ""
}

func (i Identity) String() string {
	text := "the gateway"
	switch i.Directory {
	case "":
	case ".":
		text += " in the repository's root"
	default:
		text += " in " + i.Directory
	}
	if i.Key == "" {
		return text + " without a key"
	}
	return text + " with the key " + i.Key
}

// check keeps what is shown to people short and on one line.
func (i Identity) check() error {
	const longest = 50 // that a key may be
	switch {
	case i.Directory != "" && (!fs.ValidPath(i.Directory) || checkPath(i.Directory) != nil && i.Directory != "."):
		return errors.New("directory: not a path in a repository")
	case len(i.Key) > longest || strings.ContainsFunc(i.Key, unicode.IsControl):
		return fmt.Errorf("key: more than %d bytes, or control characters", longest)
	}
	return nil
}
