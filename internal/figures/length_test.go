package figures

import "testing"

func TestLength(t *testing.T) {
	for seconds, want := range map[float64]string{0: "0s", 39.6: "40s", 60: "1m", 90: "1m30s", 240: "4m", 600: "10m", 3600: "1h", 5400: "1h30m", 3630: "1h0m30s"} {
		if got := Length(seconds); got != want {
			t.Errorf("%v s is %q, want %q", seconds, got, want)
		}
	}
}
