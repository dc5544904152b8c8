package pace

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// file is a Dist as files hold it: the shape's name and its parameters, all
// times in seconds. Exactly one field is set.
type file struct {
	Constant  *float64       `json:"constant,omitempty"`
	Normal    *fileNormal    `json:"normal,omitempty"`
	Lognormal *fileLognormal `json:"lognormal,omitempty"`
	Quantiles []float64      `json:"quantiles,omitempty"`
}

type fileNormal struct {
	Mean float64 `json:"mean"`
	SD   float64 `json:"sd"`
}

type fileLognormal struct {
	Median float64 `json:"median"`
	Sigma  float64 `json:"sigma"`
}

// MarshalJSON writes the shape by name with times in seconds, such as
// {"normal":{"mean":0.02,"sd":0.002}}.
func (d Dist) MarshalJSON() ([]byte, error) {
	if err := d.Validate(); err != nil {
		return nil, fmt.Errorf("delay %v: %w", d, err)
	}
	var f file
	switch d.shape {
	case normal:
		f.Normal = &fileNormal{d.centre.Seconds(), d.sd.Seconds()}
	case lognormal:
		f.Lognormal = &fileLognormal{d.centre.Seconds(), d.sigma}
	case quantiles:
		for _, p := range d.points {
			f.Quantiles = append(f.Quantiles, p.Seconds())
		}
	default:
		s := d.centre.Seconds()
		f.Constant = &s
	}
	return json.Marshal(f)
}

// UnmarshalJSON reads what MarshalJSON wrote, to the same nanosecond, and
// refuses what Validate refuses.
func (d *Dist) UnmarshalJSON(data []byte) error {
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return fmt.Errorf("delay: %w", err)
	}
	var read []Dist
	if f.Constant != nil {
		read = append(read, Constant(seconds(*f.Constant)))
	}
	if f.Normal != nil {
		read = append(read, Normal(seconds(f.Normal.Mean), seconds(f.Normal.SD)))
	}
	if f.Lognormal != nil {
		read = append(read, Lognormal(seconds(f.Lognormal.Median), f.Lognormal.Sigma))
	}
	if f.Quantiles != nil {
		points := make([]time.Duration, len(f.Quantiles))
		for i, s := range f.Quantiles {
			points[i] = seconds(s)
		}
		read = append(read, Quantiles(points))
	}
	if len(read) != 1 {
		return fmt.Errorf("delay %s: want exactly one of constant, normal, lognormal, quantiles", data)
	}
	if err := read[0].Validate(); err != nil {
		return fmt.Errorf("delay %s: %w", data, err)
	}
	*d = read[0]
	return nil
}

// seconds is exact to the nanosecond up to Limit. Numbers far beyond it stay beyond
// it instead of overflowing.
func seconds(s float64) time.Duration {
	const far = 2 * float64(Limit)
	return time.Duration(math.Round(min(far, max(-far, s*1e9))))
}
