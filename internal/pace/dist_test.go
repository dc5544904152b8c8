package pace

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

const ms = time.Millisecond

var valid = map[string]Dist{
	"0s":                                 {},
	"20ms":                               Constant(20 * ms),
	"normal(mean 20ms, sd 2ms)":          Normal(20*ms, 2*ms),
	"normal(mean 1ms, sd 2ms)":           Normal(ms, 2*ms),
	"normal(mean 3ms, sd 0s)":            Normal(3*ms, 0),
	"lognormal(median 20ms, sigma 0.4)":  Lognormal(20*ms, 0.4),
	"lognormal(median 1ms, sigma 2)":     Lognormal(ms, 2),
	"lognormal(median 0s, sigma 1)":      Lognormal(0, 1),
	"quantiles(1ms, 2ms, 10ms)":          Quantiles([]time.Duration{ms, 2 * ms, 10 * ms}),
	"quantiles(0s, 0s, 0s, 1µs)":         Quantiles([]time.Duration{0, 0, 0, time.Microsecond}),
	"quantiles(7ms)":                     Quantiles([]time.Duration{7 * ms}),
	"normal(mean 10.000001ms, sd 123ns)": Normal(10*ms+1, 123),
}

func draw(d Dist, n int) []float64 {
	r := rand.New(rand.NewPCG(1, 2))
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(d.Sample(r))
	}
	slices.Sort(values)
	return values
}

func meanAndSD(values []float64) (mean, sd float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		sd += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(sd / float64(len(values)))
}

// Five standard errors: with fixed seeds a failure is a fault, not bad luck.
func within(t *testing.T, what string, got, want, standardError float64) {
	t.Helper()
	if math.Abs(got-want) > 5*standardError+1 {
		t.Errorf("%s = %.0f ns, want %.0f ± %.0f", what, got, want, 5*standardError)
	}
}

func TestSamplesStayBetweenZeroAndMaxAroundTheMean(t *testing.T) {
	const n = 100_000
	for name, d := range valid {
		t.Run(name, func(t *testing.T) {
			if err := d.Validate(); err != nil {
				t.Fatal(err)
			}
			values := draw(d, n)
			if low := values[0]; low < 0 {
				t.Errorf("smallest draw %v is negative", low)
			}
			if high := values[n-1]; high > float64(d.Max()) {
				t.Errorf("largest draw %v is above Max %v", high, d.Max())
			}
			mean, sd := meanAndSD(values)
			within(t, "mean", mean, float64(d.Mean()), sd/math.Sqrt(n))
			if d.IsZero() != (values[n-1] == 0) {
				t.Errorf("IsZero = %v, largest draw %v", d.IsZero(), values[n-1])
			}
		})
	}
}

func TestParametersMeanWhatTheySay(t *testing.T) {
	const n = 100_000
	root := math.Sqrt(n)

	values := draw(Normal(20*ms, 2*ms), n)
	mean, sd := meanAndSD(values)
	within(t, "normal mean", mean, float64(20*ms), float64(2*ms)/root)
	within(t, "normal sd", sd, float64(2*ms), float64(2*ms)/root/math.Sqrt2)

	values = draw(Lognormal(20*ms, 0.4), n)
	// The standard error of a median is 1.2533 standard deviations over root n.
	within(t, "lognormal median", values[n/2], float64(20*ms), 1.2533*0.4*float64(20*ms)/root)
	for i, v := range values {
		values[i] = math.Log(v)
	}
	if _, sigma := meanAndSD(values); math.Abs(sigma-0.4) > 5*0.4/root {
		t.Errorf("sd of the logarithm = %v, want 0.4", sigma)
	}

	values = draw(Quantiles([]time.Duration{ms, 2 * ms, 10 * ms}), n)
	// That of a quantile is √(p(1−p)/n) over the density there: 1/(2·1 ms) below
	// the median, 1/(2·8 ms) above it.
	within(t, "lower quartile", values[n/4], float64(ms)*1.5, math.Sqrt(0.1875)/root*2*float64(ms))
	within(t, "upper quartile", values[3*n/4], float64(6*ms), math.Sqrt(0.1875)/root*16*float64(ms))
}

func TestConstantsLeaveTheGeneratorAlone(t *testing.T) {
	for _, want := range []time.Duration{0, ms} {
		if got := Constant(want).Sample(nil); got != want {
			t.Errorf("drew %v, want %v", got, want)
		}
		if !Constant(want).IsConstant() || Normal(want, 0).IsConstant() {
			t.Errorf("IsConstant tells more than how %v was made", want)
		}
	}
}

func TestEqualSeedsDrawTheSame(t *testing.T) {
	d := Lognormal(ms, 1)
	if !slices.Equal(draw(d, 100), draw(d, 100)) {
		t.Error("two generators with one seed disagree")
	}
}

func TestQuantilesCopiesItsPoints(t *testing.T) {
	points := []time.Duration{ms, ms}
	d := Quantiles(points)
	points[1] = time.Minute
	if d.Max() != ms {
		t.Errorf("Max = %v after the caller changed the slice", d.Max())
	}
}

func TestString(t *testing.T) {
	for want, d := range valid {
		if got := d.String(); got != want {
			t.Errorf("String = %q, want %q", got, want)
		}
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		d    Dist
		want string
	}{
		{Constant(-1), "delays and spreads cannot be negative"},
		{Normal(ms, -1), "delays and spreads cannot be negative"},
		{Lognormal(ms, -1), "delays and spreads cannot be negative"},
		{Lognormal(ms, math.NaN()), "sigma must be a number"},
		{Quantiles(nil), "quantiles need at least one delay"},
		{Quantiles([]time.Duration{2, 1}), "quantiles must rise"},
		{Quantiles([]time.Duration{-1, 1}), "delays and spreads cannot be negative"},
		{Constant(2 * time.Hour), "delays can exceed the limit of 1h0m0s"},
		{Normal(time.Hour, time.Second), "delays can exceed the limit of 1h0m0s"},
		{Lognormal(ms, 100), "delays can exceed the limit of 1h0m0s"},
		{Lognormal(ms, math.Inf(1)), "delays can exceed the limit of 1h0m0s"},
	} {
		err := c.d.Validate()
		if err == nil || err.Error() != c.want {
			t.Errorf("%v: got %v, want %q", c.d, err, c.want)
		}
		if _, err := json.Marshal(c.d); err == nil {
			t.Errorf("%v: written to a file nevertheless", c.d)
		}
	}
}

func TestJSONRoundTrip(t *testing.T) {
	for name, d := range valid {
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back Dist
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if !reflect.DeepEqual(back, d) {
			t.Errorf("%s came back from %s as %v", name, data, back)
		}
	}
}

func TestJSONIsInSeconds(t *testing.T) {
	data, err := json.Marshal(Normal(20*ms, 2*ms))
	if want := `{"normal":{"mean":0.02,"sd":0.002}}`; err != nil || string(data) != want {
		t.Errorf("got %s, %v; want %s", data, err, want)
	}
}

func TestJSONRefuses(t *testing.T) {
	for _, in := range []string{
		`{}`, `"20ms"`, `{"constant":-1}`, `{"constant":1e300}`, `{"quantiles":[]}`,
		`{"constant":1,"normal":{"mean":1,"sd":1}}`, `{"lognormal":{"median":1,"sigma":1e9}}`,
	} {
		d := Constant(ms)
		if err := json.Unmarshal([]byte(in), &d); err == nil {
			t.Errorf("%s was read as %v", in, d)
		}
	}
}

func BenchmarkSample(b *testing.B) {
	for name, d := range map[string]Dist{"constant": {}, "lognormal": Lognormal(ms, 0.4)} {
		b.Run(name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			b.ReportAllocs()
			for b.Loop() {
				d.Sample(r)
			}
		})
	}
}
