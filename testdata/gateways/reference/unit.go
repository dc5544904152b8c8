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

// none is the unit of a fault that is either on or off.
func none(text string) (int64, error) {
	if text != "" {
		return 0, errors.New("this fault takes no strength")
	}
	return 0, nil
}
