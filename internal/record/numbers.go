package record

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// signed are the members that may be negative: differences, some of them of
// counters that are not read at the same instant.
var signed = map[string]bool{"steal": true, "foreign_cpu": true, "log_ratio": true, "overhead": true, "value": true}

// largest is more than any time, size, count or rate that is measured, in the units of
// the files. Larger ones are no figures, and would fill a comment with digits.
const largest = 1e15

// CheckNumbers refuses a number anywhere in v that is not finite, that is larger than
// any figure, or that is negative where it cannot be: all but a few members are times,
// sizes, counts, rates and shares. Of a metric from a newer version nothing is known but that it
// is a number. The error names the place as it is in a file.
func CheckNumbers(v any) error {
	if place, problem := checkNumbers(reflect.ValueOf(v), false); problem != "" {
		return fmt.Errorf("%s: %s", strings.TrimPrefix(place, "."), problem)
	}
	return nil
}

func checkNumbers(v reflect.Value, mayBeNegative bool) (place, problem string) {
	switch v.Kind() {
	case reflect.Float64:
		if x := v.Float(); math.IsNaN(x) || math.IsInf(x, 0) {
			return "", fmt.Sprintf("%v is not a finite number", x)
		} else if math.Abs(x) > largest {
			return "", fmt.Sprintf("%v is larger than anything that is measured", x)
		} else if x < 0 && !mayBeNegative {
			return "", fmt.Sprintf("%v must not be negative", x)
		}
	case reflect.Int, reflect.Int64:
		if n := v.Int(); n < 0 && !mayBeNegative {
			return "", fmt.Sprintf("%d must not be negative", n)
		} else if n > largest {
			return "", fmt.Sprintf("%d is larger than anything that is measured", n)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return checkNumbers(v.Elem(), mayBeNegative)
		}
	case reflect.Slice:
		for i := range v.Len() {
			if at, problem := checkNumbers(v.Index(i), mayBeNegative); problem != "" {
				return fmt.Sprintf("[%d]%s", i, at), problem
			}
		}
	case reflect.Map:
		return checkMap(v, mayBeNegative)
	case reflect.Struct:
		return checkFields(v)
	}
	return "", ""
}

func checkFields(v reflect.Value) (place, problem string) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		return "", ""
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if at, problem := checkNumbers(v.Field(i), signed[name]); problem != "" {
			if field.Anonymous {
				return at, problem
			}
			return "." + name + at, problem
		}
	}
	return "", ""
}

// checkMap names the smallest key with a mistake, so that the same file gets the
// same message.
func checkMap(v reflect.Value, mayBeNegative bool) (place, problem string) {
	if v.Type().Elem().Kind() == reflect.Interface {
		return "", "" // settings of the mock and the load, which may be any
	}
	var smallest string
	for entries := v.MapRange(); entries.Next(); {
		key := entries.Key()
		signed := mayBeNegative
		if m, ok := key.Interface().(bench.Metric); ok {
			_, known := m.Describe()
			signed = signed || !known
		}
		if at, wrong := checkNumbers(entries.Value(), signed); wrong != "" && (problem == "" || key.String() < smallest) {
			smallest = key.String()
			place, problem = fmt.Sprintf("[%q]%s", smallest, at), wrong
		}
	}
	return place, problem
}
