package sandbox

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/host"
)

func TestOpenWithoutADirectoryForTemporaryFiles(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	if s, err := Open(host.World{}); s != nil || err == nil || !strings.Contains(err.Error(), "$TMPDIR, which must exist") {
		t.Errorf("%v, %v", s, err)
	}
}
