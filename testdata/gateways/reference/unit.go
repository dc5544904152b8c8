package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// unit reads the strength of a fault into the base unit of its kind.
type unit func(text string) (int64, error)

// duration reads a positive Go duration into nanoseconds.
func duration(text string) (int64, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("bad strength %q: want a positive duration such as 200us or 1ms", text)
	}
	return d.Nanoseconds(), nil
}

// fine reads a duration from 1ps to an hour into picoseconds: a byte costs less
// than a nanosecond.
func fine(text string) (int64, error) {
	if nanoseconds, ok := strings.CutSuffix(text, "ns"); ok {
		n, err := strconv.ParseFloat(nanoseconds, 64)
		if err == nil && n >= 0.001 && n <= float64(time.Hour) {
			return int64(math.Round(1000 * n)), nil
		}
	} else if d, err := time.ParseDuration(text); err == nil && d > 0 && d <= time.Hour {
		return 1000 * d.Nanoseconds(), nil
	}
	return 0, fmt.Errorf("bad strength %q: want a duration such as 0.5ns or 1us, an hour at most", text)
}

// whole is the share of all requests, in the base unit of a share: parts per
// million. Whole parts keep the spread of a share exact however long it runs.
const whole = 1_000_000

// share reads a percentage above 0% and up to 100% into parts per million.
func share(text string) (int64, error) {
	number, isPercent := strings.CutSuffix(text, "%")
	percent, err := strconv.ParseFloat(number, 64)
	parts := math.Round(percent / 100 * whole)
	if err != nil || !isPercent || !(parts >= 1 && parts <= whole) {
		return 0, fmt.Errorf("bad strength %q: want a percentage from 0.0001%% to 100%%", text)
	}
	return int64(parts), nil
}

// percent reads a share without its sign, for a fault that has it in its name.
func percent(text string) (int64, error) {
	parts, err := share(text + "%")
	if err != nil {
		return 0, fmt.Errorf("bad strength %q: want a number of percent from 0.0001 to 100", text)
	}
	return parts, nil
}

// most is the largest count or size of a fault: 2 GB would be a mistake.
const most = math.MaxInt32

// size reads 100B, 10KB or 1MB into bytes.
func size(text string) (int64, error) {
	bytes := parseSize(text)
	if bytes < 1 || bytes > most {
		return 0, fmt.Errorf("bad strength %q: want a size such as 100B, 10KB or 1MB", text)
	}
	return bytes, nil
}

// wholeOrSize reads a size; none is 0, for the whole.
func wholeOrSize(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	return size(text)
}

// count reads a positive whole number.
func count(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || n > most {
		return 0, fmt.Errorf("bad strength %q: want a whole number from 1 on", text)
	}
	return n, nil
}

// oneIn reads 1/N into N.
func oneIn(text string) (int64, error) {
	of, ok := strings.CutPrefix(text, "1/")
	n, err := count(of)
	if !ok || err != nil {
		return 0, fmt.Errorf("bad strength %q: want one in so many, such as 1/200", text)
	}
	return n, nil
}

// none is the unit of a fault that is either on or off.
func none(text string) (int64, error) {
	if text != "" {
		return 0, errors.New("this fault takes no strength")
	}
	return 0, nil
}
