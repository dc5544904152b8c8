package figures

import "testing"

func TestOneUnitForARow(t *testing.T) {
	for _, c := range []struct {
		scale  Scale
		values []float64
		signed bool
		want   []string
		unit   string
	}{
		{OfTimes(41.23e-6, 3.2594e-3), []float64{41.23e-6, 3.2594e-3}, true, []string{"+41.2", "+3260"}, "µs"},
		{OfTimes(-2.04e-6, 0, 1e-3), []float64{-2.04e-6, 0, 1e-3}, true, []string{"-2.04", "0", "+1000"}, "µs"},
		{OfTimes(49.4e-6, 43.05e-3), []float64{49.4e-6, 43.05e-3}, false, []string{"0.0494", "43.0"}, "ms"},
		{OfTimes(9.99e-3), []float64{9.99e-3}, false, []string{"9990"}, "µs"},
		{OfTimes(60.0412e-3, 1.2), []float64{60.0412e-3, 1.2}, false, []string{"0.0600", "1.20"}, "s"},
		{OfTimes(2, 34.56), []float64{2, 34.56}, false, []string{"2.00", "34.6"}, "s"},
		{OfTimes(-1e-12), []float64{-1e-12}, true, []string{"0"}, "µs"},
		{OfTimes(), nil, false, nil, "µs"},
		{PerSecond, []float64{16.67, 18933}, false, []string{"16.7", "18900"}, "1/s"},
		{One, []float64{1.0449, 12, 0.999999}, false, []string{"1.04", "12.0", "1.00"}, ""},
		{OfSizes(11.5 * (1 << 20)), []float64{11.5 * (1 << 20), 512}, false, []string{"11.5", "0.0005"}, "MB"},
	} {
		if c.scale.Unit != c.unit {
			t.Errorf("%v: unit %q, want %q", c.values, c.scale.Unit, c.unit)
		}
		for i, v := range c.values {
			got := c.scale.Format(v)
			if c.signed {
				got = c.scale.Signed(v)
			}
			if got != c.want[i] {
				t.Errorf("%v is %q, want %q", v, got, c.want[i])
			}
		}
	}
}

func TestSingleFigures(t *testing.T) {
	for got, want := range map[string]string{
		Seconds(5e-6): "5.00 µs", Seconds(0.04316): "43.2 ms", Seconds(20): "20.0 s", Times(48.04e-3, 5e-3)(5e-3): "5.00 ms",
		Setting(5e-6): "5 µs", Setting(0.02): "20 ms", Setting(0.1): "100 ms", Setting(0.0125): "12.5 ms", Setting(2): "2 s", Setting(0): "0 µs",
		Memory(0): "0 B", Memory(1380): "1.35 KB", Memory(11.5 * (1 << 20)): "11.5 MB", Memory(8 << 30): "8.00 GB",
		Rate(147.5): "148/s", Percent(0.0921): "9.2 %", Percent(0.382): "38 %", Percent(-1e-9): "0 %", Added(0.04): "+4 %", Added(0): "0 %",
		Change(0.4601): "+46.0", Change(1113.81): "+111000", Change(-0.00001): "0.0",
		Counted(1, "round"): "1 round", Counted(0, "round"): "0 rounds",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
