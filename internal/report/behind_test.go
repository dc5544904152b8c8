package report_test

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/report"
)

// TestBaseThatIsBehind: the headline says how far, also of a verdict that stands.
func TestBaseThatIsBehind(t *testing.T) {
	run := saved("pass")
	base := *run.Base
	base.Behind = 1
	run.Base = &base
	d := report.Build(decideSaved(run))
	if lead := strings.Join(d.Lead, "; "); !strings.Contains(lead, "the base is 1 commit behind") || d.Facts[0].Name != "Compared" || !strings.Contains(d.Facts[0].Text, "1 commit behind the base of this change") {
		t.Errorf("%s; %+v", lead, d.Facts)
	}
	if lead := strings.Join(report.Build(decideSaved(saved("pass"))).Lead, "; "); strings.Contains(lead, "behind") {
		t.Error(lead)
	}
}
