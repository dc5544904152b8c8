package spread

import (
	"testing"

	"github.com/org/proxy-bench-action/internal/shard"
)

// TestShardNames: what one shard calls its artifact, the merge of the same key finds.
func TestShardNames(t *testing.T) {
	for _, key := range []string{"", "edge", "1-of-3", "1"} {
		for _, attempt := range []int{1, 2, 12} {
			name := ShardName(key, shard.Spec{Index: 2, Of: 3}, attempt)
			for _, other := range []string{"", "edge", "1-of-3", "1"} {
				s, at, ok := ParseShardName(name, other)
				if ok != (key == other) || ok && (s != shard.Spec{Index: 2, Of: 3} || at != attempt) {
					t.Errorf("%s for the key %q: %v, %d, %v", name, other, s, at, ok)
				}
			}
			if _, _, ok := ParseShardName(name+Twice, key); !ok {
				t.Errorf("%s is not found", name+Twice)
			}
		}
	}
	for _, name := range []string{"proxy-bench-result", Prepared, "proxy-bench-shard-4-of-3", "proxy-bench-shard-1-of-3-attempt-2-more"} {
		if _, _, ok := ParseShardName(name, ""); ok {
			t.Errorf("%s is a shard", name)
		}
	}
}
