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
