package document

import "testing"

func TestCountsInAStrip(t *testing.T) {
	for _, c := range []struct {
		counts []int
		want   string
	}{
		{[]int{0, 1, 0, 9}, "·1·9"},
		{[]int{0, 12, 12}, "12+"},
		{[]int{12, 0, 100}, "+·+"},
	} {
		if got := written(c.counts); got != c.want {
			t.Errorf("%v: %q, want %q", c.counts, got, c.want)
		}
	}
}
