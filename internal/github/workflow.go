package github

import (
	"fmt"
	"strings"
)

// WorkflowFile is the file name, ci.yml, in a GITHUB_WORKFLOW_REF like
// octo/shop/.github/workflows/ci.yml@refs/heads/main. With it, runs of this
// workflow can be asked for; the name of a workflow is not unique.
func WorkflowFile(ref string) (string, error) {
	path, _, _ := strings.Cut(ref, "@")
	_, file, ok := strings.Cut(path, "/.github/workflows/")
	if !ok || strings.Contains(file, "/") || !strings.HasSuffix(file, ".yml") && !strings.HasSuffix(file, ".yaml") {
		return "", fmt.Errorf("GITHUB_WORKFLOW_REF is %q, expected OWNER/REPO/.github/workflows/FILE.yml@REF", ref)
	}
	return file, nil
}
