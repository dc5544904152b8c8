package spread

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/org/proxy-bench-action/internal/shard"
)

// The names of artifacts that the jobs of one gate leave for each other, to which a key is
// added.
const (
	shardArtifact = "proxy-bench-shard"
	Prepared      = "proxy-bench-prepared"
)

// Keyed is the name of an artifact with the key of a gateway, empty for a single one.
func Keyed(name, key string) string {
	if key == "" {
		return name
	}
	return name + "-" + key
}

// ShardName is the name of a shard's artifact. It has the attempt in it: a shard that is
// run again adds to what the first attempt has measured, and does not replace it.
func ShardName(key string, s shard.Spec, attempt int) string {
	name := fmt.Sprintf("%s-%d-of-%d", Keyed(shardArtifact, key), s.Index, s.Of)
	if attempt > 1 {
		name += fmt.Sprintf("-attempt-%d", attempt)
	}
	return name
}

// Twice ends the name under which a shard is kept that found another one of its name.
const Twice = "-twice"

var shardNumbers = regexp.MustCompile(`^-(\d{1,4})-of-(\d{1,4})(?:-attempt-(\d{1,6}))?(?:` + Twice + `)?$`)

// ParseShardName is the shard that an artifact is of, by its name; false for any other
// artifact, such as the shard of another key.
func ParseShardName(name, key string) (s shard.Spec, attempt int, ok bool) {
	prefix := Keyed(shardArtifact, key)
	if len(name) < len(prefix) || name[:len(prefix)] != prefix {
		return s, 0, false
	}
	m := shardNumbers.FindStringSubmatch(name[len(prefix):])
	if m == nil {
		return s, 0, false
	}
	s, err := shard.Parse(m[1] + "/" + m[2])
	if m[3] != "" {
		attempt, _ = strconv.Atoi(m[3]) // six digits
	}
	return s, max(attempt, 1), err == nil
}
