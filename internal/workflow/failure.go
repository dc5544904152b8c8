package workflow

import (
	"cmp"
	"errors"
	"strings"

	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/session"
)

// failure is an error in the words of a report.
func failure(err error) *report.Failure {
	f := &report.Failure{Step: "measuring", Message: err.Error()}
	var (
		gw    *gateway.Error
		drive *session.DriveError
	)
	switch {
	case host.IsUsage(err):
		f.Step = "reading the configuration"
	case errors.As(err, &gw):
		f.Step = map[gateway.Step]string{
			gateway.StepBuild: "building the gateway", gateway.StepStart: "starting the gateway",
			gateway.StepReady: "waiting for the gateway", gateway.StepStop: "stopping the gateway",
		}[gw.Step]
		f.Step = cmp.Or(f.Step, "driving the gateway")
		f.Output = strings.Join(gw.Output, "\n")
		f.Message = gw.Reason
		if gw.Hint != "" {
			f.Message += "; " + gw.Hint
		}
	case errors.As(err, &drive):
		f.Step = "driving the gateway"
		f.Output = strings.Join(drive.Output, "\n")
		f.Message = drive.Err.Error()
	case errors.Is(err, host.ErrInterrupted):
		f.Step, f.Message = "measuring", "the run was cancelled; what was measured until then decides nothing"
	}
	return f
}
