package program

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
)

// Identify notes what tells an arm's gateway from others, as far as it shows: the digest of
// its files, and the toolchain that has built it.
func Identify(e *bench.Environment, arm bench.Arm, g bench.Recipe, dir string, environment []string) {
	note := func(in *map[bench.Arm]string, text string) {
		if *in == nil {
			*in = map[bench.Arm]string{}
		}
		if text != "" {
			(*in)[arm] = text
		}
	}
	note(&e.BinarySHA256, Digest(g, dir))
	note(&e.Toolchain, RunBy(g.Start, dir, environment).Toolchain())
}

// anywhere stands for the directory of a gateway in its texts, so that what was built or
// unpacked in two places is the same.
const anywhere = "/gateway"

// Digest tells whether machines run the same gateway: it is of the files in dir that a
// baseline carries of it. Of one file it is what sha256sum prints, of several that of the
// lines that it prints for them, in the order of their paths. Empty: nothing of the
// repository is known to be run, or it cannot be read.
func Digest(g bench.Recipe, dir string) string {
	dir = cmp.Or(dir, ".")
	paths, _ := baseline.Carried(g, dir)
	if len(paths) == 0 {
		return ""
	}
	m, err := baseline.Inspect(dir, paths, baseline.DefaultLimits().Bundle, anywhere)
	if err != nil {
		return ""
	}
	var lines []string
	for _, f := range m.Files {
		if f.SHA256 != "" {
			lines = append(lines, fmt.Sprintf("%s  %s\n", f.SHA256, f.Path))
		}
	}
	if len(lines) == 1 {
		return lines[0][:hex.EncodedLen(sha256.Size)]
	}
	sum := sha256.Sum256([]byte(strings.Join(lines, "")))
	return hex.EncodeToString(sum[:])
}
