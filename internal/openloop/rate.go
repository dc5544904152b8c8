package openloop

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// MostRate is the largest rate that is tried, in requests per second: a client
// of one thread does not start more.
const MostRate = 100_000

// mostRates bounds a list of rates: each takes several windows.
const mostRates = 20

// Rate is a rate to measure at, in requests per second or as a share of the
// knee; the other field is 0.
type Rate struct{ PerSecond, OfKnee float64 }

// ParseRates reads a list such as "500,0.5knee".
func ParseRates(text string) ([]Rate, error) {
	var all []Rate
	for word := range strings.SplitSeq(text, ",") {
		r, err := parseRate(strings.TrimSpace(word))
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	if len(all) > mostRates {
		return nil, fmt.Errorf("%d rates; at most %d", len(all), mostRates)
	}
	return all, nil
}

func parseRate(word string) (Rate, error) {
	number, ofKnee := strings.CutSuffix(word, "knee")
	x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	switch {
	case err != nil || math.IsNaN(x):
		return Rate{}, fmt.Errorf("%q is no rate; write requests per second, 500, or a share of the knee, 0.5knee", word)
	case ofKnee && !(x > 0 && x <= 2):
		return Rate{}, fmt.Errorf("%q: a share of the knee is above 0 and at most 2", word)
	case ofKnee:
		return Rate{OfKnee: x}, nil
	case !(x > 0 && x <= MostRate):
		return Rate{}, fmt.Errorf("%q: a rate is above 0 and at most %d requests per second", word, MostRate)
	}
	return Rate{PerSecond: x}, nil
}
