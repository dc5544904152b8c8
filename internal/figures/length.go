package figures

import (
	"math"
	"regexp"
	"time"
)

var zeroUnits = regexp.MustCompile(`([hm])(0m)?0s$`)

// Length writes a time of whole seconds as settings take it: "4m", "1m30s".
func Length(seconds float64) string {
	d := time.Duration(math.Round(seconds)) * time.Second
	return zeroUnits.ReplaceAllString(d.String(), "$1")
}
