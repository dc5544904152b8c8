package faults

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// Where the counts and the page are, from the root of the repository.
const (
	File     = "testdata/faults/counted.json"
	PageFile = "docs/faults.md"
)

// The part of the page that is made of the counts.
const begin, end = "<!-- counted: .ci/faults -->\n", "<!-- /counted -->\n"

// Page puts the table of the counts into the page.
func Page(page string, all []Count) (string, error) {
	before, rest, ok := strings.Cut(page, begin)
	_, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		return "", fmt.Errorf("%s has no place for the table: %s", PageFile, strings.TrimSpace(begin))
	}
	return before + begin + Table(all) + end + after, nil
}

// Read reads the counts, in the root of the repository.
func Read() (all []Count, err error) {
	data, err := os.ReadFile(File)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return all, json.Unmarshal(data, &all)
}

// Write writes the counts, and the page with their table.
func Write(all []Count) error {
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(File, append(data, '\n'), 0o644); err != nil {
		return err
	}
	page, err := os.ReadFile(PageFile)
	if err != nil {
		return err
	}
	text, err := Page(string(page), all)
	if err != nil {
		return err
	}
	return os.WriteFile(PageFile, []byte(text), 0o644)
}
