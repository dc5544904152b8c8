package revision

import (
	"context"
	"regexp"
	"strings"
)

// Checkout is the commit that the workspace has.
type Checkout struct {
	SHA     string
	Parents []string
}

// ReadCheckout reads it. A shallow clone hides the parents of its commit from every
// command but the one that prints it.
func ReadCheckout(ctx context.Context, git Git) (c Checkout, err error) {
	if c.SHA, err = git(ctx, "rev-parse", "--verify", "HEAD"); err != nil {
		return c, err
	}
	commit, err := git(ctx, "cat-file", "commit", "HEAD")
	header, _, _ := strings.Cut(commit, "\n\n")
	for _, m := range regexp.MustCompile(`(?m)^parent (\S+)$`).FindAllStringSubmatch(header, -1) {
		c.Parents = append(c.Parents, m[1])
	}
	return c, err
}
