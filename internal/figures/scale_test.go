package figures

import "testing"

func TestOneScaleForAll(t *testing.T) {
	for _, c := range []struct {
		of     Quantity
		values []float64
		signed bool
		want   []string
		unit   string
	}{
		{Duration, []float64{41.23e-6, 3.2594e-3}, true, []string{"+41.2", "+3259.4"}, "µs"},
		{Duration, []float64{-2.04e-6, 0, 1e-3}, true, []string{"-2.0", "0.0", "+1000.0"}, "µs"},
		{Duration, []float64{60.0412e-3, 1.2}, false, []string{"60.04", "1200.00"}, "ms"},
		{Duration, []float64{2, 3.456}, false, []string{"2.00", "3.46"}, "s"},
		{Duration, []float64{-1e-9}, true, []string{"0.0"}, "µs"},
		{Duration, nil, false, nil, "µs"},
		{Rate, []float64{16.67, 18933}, false, []string{"16.7", "18933.0"}, "1/s"},
		{Rate, []float64{1893.4}, false, []string{"1893"}, "1/s"},
		{Ratio, []float64{1.0449}, false, []string{"1.04"}, ""},
		{Count, []float64{12, 0}, false, []string{"12", "0"}, ""},
	} {
		s := For(c.of, c.values...)
		if s.Unit != c.unit {
			t.Errorf("%v: unit %q, want %q", c.values, s.Unit, c.unit)
		}
		for i, v := range c.values {
			if got := s.Format(v, c.signed); got != c.want[i] {
				t.Errorf("%v is %q, want %q", v, got, c.want[i])
			}
		}
	}
}

func TestMemory(t *testing.T) {
	for bytes, want := range map[float64]string{0: "0.0 MB", 11.5 * (1 << 20): "11.5 MB", 8 << 30: "8.0 GB"} {
		if got := Memory(bytes); got != want {
			t.Errorf("%v bytes are %q, want %q", bytes, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	for _, c := range []struct {
		seconds []float64
		want    []string
	}{
		{[]float64{48.04e-3, 5e-3, 0.3582e-3}, []string{"48.0 ms", "5.00 ms", "0.358 ms"}},
		{[]float64{9.876e-3, 40.96e-6, 0}, []string{"9876 µs", "41.0 µs", "0 µs"}},
		{[]float64{9.996e-6, 0.9996e-6, -1.234e-6}, []string{"10.0 µs", "1.00 µs", "-1.23 µs"}},
		{[]float64{2, 0.1}, []string{"2.00 s", "0.100 s"}},
		{[]float64{0}, []string{"0 µs"}},
	} {
		text := Times(c.seconds...)
		for i, v := range c.seconds {
			if got := text(v); got != c.want[i] {
				t.Errorf("%v s beside %v is %q, want %q", v, c.seconds, got, c.want[i])
			}
		}
	}
}

func TestSetting(t *testing.T) {
	for seconds, want := range map[float64]string{5e-6: "5 µs", 0.02: "20 ms", 0.1: "100 ms", 0.0125: "12.5 ms", 2: "2 s", 0: "0 µs"} {
		if got := Setting(seconds); got != want {
			t.Errorf("%v s is %q, want %q", seconds, got, want)
		}
	}
}
