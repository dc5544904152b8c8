// Package series makes long series of measurements, each a line of JSON in a file. One that
// was stopped goes on where it was by the same command. Several rows take turns, so that a
// change of the machine meets all. Commands counts and proof/cmd use it.
package series

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Wanted reads how many lines of which row are wanted: ROW=COUNT.
func Wanted(args, rows []string) (map[string]int, error) {
	want := map[string]int{}
	for _, arg := range args {
		row, text, _ := strings.Cut(arg, "=")
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || !slices.Contains(rows, row) {
			return nil, fmt.Errorf("%s: want ROW=COUNT with a row of: %s", arg, strings.Join(rows, ", "))
		}
		want[row] = n
	}
	return want, nil
}

// Turns makes what is wanted and not done, the first of each row, then the second of each,
// and so on. Numbers count from 1.
func Turns(rows []string, want map[string]int, done func(row string, n int) bool, add func(row string, n int) error) error {
	most := 0
	for _, n := range want {
		most = max(most, n)
	}
	for n := 1; n <= most; n++ {
		for _, row := range rows {
			if n > want[row] || done(row, n) {
				continue
			}
			if err := add(row, n); err != nil {
				return fmt.Errorf("%s %d: %w", row, n, err)
			}
		}
	}
	return nil
}

// Read reads the lines of a file; of one that is not there, none.
func Read[T any](file string) (all []T, err error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for d := json.NewDecoder(f); d.More(); {
		var line T
		if err := d.Decode(&line); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w; remove the line to make it again", file, len(all)+1, err)
		}
		all = append(all, line)
	}
	return all, nil
}

// Append adds a line to a file, whole or not at all.
func Append(file string, line any) error {
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	return errors.Join(err, f.Close())
}
