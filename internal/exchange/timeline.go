package exchange

import "github.com/org/proxy-bench-action/internal/bench"

// Timelines are those of the first paced stream of each arm that came with all of its
// text.
func Timelines(all []Exchange) (lines []bench.Timeline) {
	drawn := map[bench.Arm]bool{}
	for _, x := range all {
		if x.Situation != Paced || x.Failed != "" || drawn[x.Arm] || len(x.Answers) == 0 || x.Answers[0].Class != "" {
			continue
		}
		if line := x.timeline(); len(line.Came) > 0 {
			drawn[x.Arm] = true
			lines = append(lines, line)
		}
	}
	return lines
}

// timeline is when the chunks of the first answer were sent and came.
func (x *Exchange) timeline() bench.Timeline {
	line := bench.Timeline{Arm: x.Arm}
	for _, e := range x.Answers[0].Events {
		for _, sent := range e.Sent {
			line.Sent = append(line.Sent, (sent - x.Sent[0].At).Seconds())
			line.Came = append(line.Came, (e.At - x.Sent[0].At).Seconds())
		}
	}
	return line
}
