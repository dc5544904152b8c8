// Package value reads the values of the action's inputs, which are all text. It knows
// neither which inputs there are nor what they are for.
package value

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Text takes any.
func Text(to *string) func(string) error {
	return func(value string) error {
		*to = value
		return nil
	}
}

// Word is one of the words allowed; the first is the default.
func Word(to *string, allowed ...string) func(string) error {
	return func(value string) error {
		*to = cmp.Or(value, allowed[0])
		if !slices.Contains(allowed, *to) {
			return fmt.Errorf("%q is not one of %s", value, strings.Join(allowed, ", "))
		}
		return nil
	}
}

// Yes is true or false.
func Yes(to *bool, preset string) func(string) error {
	return func(value string) error {
		var said string
		err := Word(&said, "true", "false")(cmp.Or(value, preset))
		*to = said == "true"
		return err
	}
}

// Key becomes part of the name of an artifact, of a check and of a marker.
func Key(to *string) func(string) error {
	plain := regexp.MustCompile(`^[A-Za-z0-9._-]{0,50}$`)
	return func(value string) error {
		*to = value
		if !plain.MatchString(value) {
			return fmt.Errorf("%q is not made of at most 50 letters, digits and . _ -", value)
		}
		return nil
	}
}

// WorkflowFile is the name of a workflow's file. It goes into the path of requests, and
// GitHub takes no directories below .github/workflows.
func WorkflowFile(to *string) func(string) error {
	plain := regexp.MustCompile(`^[^/\\\x00-\x1f]{1,200}\.ya?ml$`)
	return func(value string) error {
		*to = value
		if value != "" && !plain.MatchString(value) {
			return fmt.Errorf("%q is not the name of a file in .github/workflows, such as main.yml", value)
		}
		return nil
	}
}

// Days is a number of days, which is 0 when none is given.
func Days(to *int) func(string) error {
	return func(value string) (err error) {
		if value == "" {
			return nil
		}
		if *to, err = strconv.Atoi(value); err != nil || *to < 1 || *to > 400 { // the most that any plan allows
			return fmt.Errorf("%q is not a number from 1 to 400", value)
		}
		return nil
	}
}
