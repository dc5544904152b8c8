package faults

import (
	"fmt"
	"slices"
	"strings"
)

// Count is how often a fault of one strength was looked for, and what was said.
type Count struct {
	Switch string
	// Looks and Gates are how often, Found how often by its name, Wrong how often
	// something else was said, too.
	Looks, FoundByLook, WrongByLook int
	Gates, FoundByGate, WrongByGate int      `json:",omitempty"`
	Wrong                           []string `json:",omitempty"` // what was said
	Date, Machine, Commit           string   // of the last
}

// Of is the count of a fault; of one that was never looked for, an empty one.
func Of(all []Count, fault string) Count {
	if i := index(all, fault); i >= 0 {
		return all[i]
	}
	return Count{Switch: fault}
}

// Put adds a count, or puts it in the place of that of the same fault.
func Put(all []Count, c Count) []Count {
	if i := index(all, c.Switch); i >= 0 {
		all[i] = c
		return all
	}
	return append(all, c)
}

func index(all []Count, fault string) int {
	return slices.IndexFunc(all, func(c Count) bool { return c.Switch == fault })
}

// Says notes what was said besides, once.
func (c *Count) Says(wrong []string) {
	for _, text := range wrong {
		if !slices.Contains(c.Wrong, text) {
			c.Wrong = append(c.Wrong, text)
		}
	}
}

// Strengths are the switch of a fault and those of its weaker strengths.
func (f Fault) Strengths() []string {
	name, _, _ := strings.Cut(f.Switch, "=")
	all := []string{f.Switch}
	for _, w := range f.Weaker {
		all = append(all, name+"="+w)
	}
	return all
}

// Table is the counts as Markdown, in the order of All; weaker strengths that were not
// counted are left out.
func Table(all []Count) string {
	var text strings.Builder
	text.WriteString("| fault | found as | by looking once | by the default gate | something else, wrong |\n|---|---|--:|--:|--:|\n")
	for _, f := range All {
		for _, fault := range f.Strengths() {
			c := Of(all, fault)
			if c.Looks+c.Gates == 0 && fault != f.Switch {
				continue
			}
			fmt.Fprintf(&text, "| `%s` | `%s` | %s | %s | %d |\n", fault, f.Name, share(c.FoundByLook, c.Looks), share(c.FoundByGate, c.Gates), c.WrongByLook+c.WrongByGate)
		}
	}
	for _, c := range all {
		for _, wrong := range c.Wrong {
			fmt.Fprintf(&text, "\n`%s`, wrong: %s.\n", c.Switch, wrong)
		}
	}
	return text.String()
}

func share(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%d of %d", n, of)
}
