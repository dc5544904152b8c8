package stats

import "testing"

func TestDescriptive(t *testing.T) {
	for _, c := range []struct {
		command string
		f       func([]float64) (float64, error)
		want    float64
	}{
		{"median(d)", Median, 0.019},
		{"mean(d)", Mean, 0.0163},
		{"sd(d)", SD, 0.0240094888649375},
	} {
		got, err := c.f(paired)
		noError(t, err)
		near(t, c.command, got, c.want, 1e-12)
	}
}

func TestFastestKeepsFourFifthsRoundedUp(t *testing.T) {
	for n, keep := range map[int]int{0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 4, 6: 5, 9: 8, 10: 8, 11: 9, 100: 80} {
		if got := len(Fastest(make([]int64, n))); got != keep {
			t.Errorf("n = %d: %d values, want the fastest %d", n, got, keep)
		}
	}
}
