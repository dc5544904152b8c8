package report

import "github.com/org/proxy-bench-action/internal/report/document"

// Gravity lets tests outside ask in which order comparisons stand.
var Gravity = gravity

// WithSection makes every document have one more section until it is called
// again.
func WithSection(s document.Section) (without func()) {
	before := sections
	sections = append(sections[:len(sections):len(sections)], func(*builder) document.Section { return s })
	return func() { sections = before }
}
