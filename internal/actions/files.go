package actions

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"
)

// The limits of GitHub: more fails the step or is dropped.
const (
	maxSummary = 1 << 20 // bytes a step
	maxOutput  = 1 << 20 // bytes a job
)

// summaryCut stands where a summary was cut.
const summaryCut = "\n_Cut here: the summary of a step holds 1 MiB at most._\n"

// The library could write the two files as well, but it panics where a file is
// missing, makes a file that nobody reads where the path is wrong, and ends
// every output with the same fixed line, so that a value which contains it
// could set further outputs.

// Summary adds markdown to the summary of the step. What is over 1 MiB in all
// is cut, with a note.
func (r *Runner) Summary(markdown string) error {
	return r.add("GITHUB_STEP_SUMMARY", "writing the job summary", func(size int64) (string, error) {
		text := cut(strings.ToValidUTF8(markdown, "\uFFFD")+"\n", maxSummary-size)
		if text == "" {
			return "", fmt.Errorf("it is full: %d of %d bytes", size, maxSummary)
		}
		return text, nil
	})
}

// cut returns text in at most room bytes, shortened at the end of a line where
// there is one, or "" when not even the note has room.
func cut(text string, room int64) string {
	if int64(len(text)) <= room {
		return text
	}
	keep := int(room) - len(summaryCut)
	if keep < 0 {
		return ""
	}
	if end := strings.LastIndexByte(text[:keep], '\n'); end >= 0 {
		keep = end + 1
	}
	for !utf8.RuneStart(text[keep]) {
		keep--
	}
	return text[:keep] + summaryCut
}

// Output sets an output of the step.
func (r *Runner) Output(name, value string) error {
	return r.add("GITHUB_OUTPUT", fmt.Sprintf("setting the output %q", name), func(int64) (string, error) {
		if name == "" || strings.ContainsAny(name, "=<\r\n") {
			return "", fmt.Errorf("its name has to be without =, < and ends of lines")
		}
		if len(value) > maxOutput {
			return "", fmt.Errorf("%d bytes, GitHub takes %d", len(value), maxOutput)
		}
		end := rand.Text()
		return name + "<<" + end + "\n" + strings.ToValidUTF8(value, "\uFFFD") + "\n" + end + "\n", nil
	})
}

// add appends to the command file that a variable names what text makes of the
// file's size. Its errors begin with what was being done.
func (r *Runner) add(variable, doing string, text func(size int64) (string, error)) error {
	path := r.getenv(variable)
	if path == "" {
		return fmt.Errorf("%s: %s is not set, as it is in a step of a workflow", doing, variable)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0) // the runner made it
	if err != nil {
		return fmt.Errorf("%s: %s: %w", doing, variable, err)
	}
	content := ""
	info, err := f.Stat()
	if err == nil {
		content, err = text(info.Size())
	}
	if err == nil {
		_, err = f.WriteString(content)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("%s: %s: %w", doing, variable, err)
	}
	return nil
}
