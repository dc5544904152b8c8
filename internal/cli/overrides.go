package cli

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/config"
)

// suiteFlags are what every measuring command can override.
type suiteFlags struct {
	Config string `help:"Configuration file; without one, .proxy-bench.yml if it exists." placeholder:"FILE"`

	Build       *string  `setting:"gateway.build" help:"Shell line that builds the gateway." placeholder:"LINE" group:"Overrides of the configuration"`
	Start       *string  `setting:"gateway.start" help:"Shell line that starts it on 127.0.0.1:$$PORT in front of $$UPSTREAM_URL." placeholder:"LINE" group:"Overrides of the configuration"`
	API         *string  `setting:"request.api" name:"api" help:"responses, chat or messages." placeholder:"API" group:"Overrides of the configuration"`
	Path        *string  `setting:"request.path" help:"Where requests are posted to, instead of the API's own path." placeholder:"/v1/..." group:"Overrides of the configuration"`
	Query       *string  `setting:"request.query" help:"Follows the path and a question mark." placeholder:"QUERY" group:"Overrides of the configuration"`
	Model       *string  `setting:"request.model" help:"The model that requests ask for." placeholder:"NAME" group:"Overrides of the configuration"`
	Header      []string `setting:"request.headers" sep:"none" help:"A header of every request, which replaces the file's headers; can be repeated. Let the value name a variable, as in 'Authorization: Bearer $$KEY'." placeholder:"NAME: VALUE" group:"Overrides of the configuration"`
	Modes       *string  `setting:"suite.modes" help:"json, sse or both." placeholder:"json,sse" group:"Overrides of the configuration"`
	Concurrency *string  `setting:"suite.concurrency" help:"Requests in flight." placeholder:"1,10,50" group:"Overrides of the configuration"`
	Body        *string  `setting:"suite.body" help:"Sizes of the request body." placeholder:"100B,10KB" group:"Overrides of the configuration"`
	Rounds      *string  `setting:"measure.rounds" help:"Rounds, each with a fresh gateway process; auto: as the time budget allows." placeholder:"N" group:"Overrides of the configuration"`
	TimeBudget  *string  `setting:"measure.time_budget" help:"Wall-clock time for all rounds." placeholder:"4m" group:"Overrides of the configuration"`
	Seed        *string  `setting:"measure.seed" help:"Seed of the order of arms and scenarios." placeholder:"N" group:"Overrides of the configuration"`
	Quick       bool     `help:"30 s of rounds: a first look, with coarser figures." group:"Overrides of the configuration"`
}

// gateFlags are what deciding commands can override.
type gateFlags struct {
	Alpha        *string `setting:"gate.alpha" help:"Probability that unchanged code is called a regression, over a whole gate." placeholder:"1%" group:"Overrides of the configuration"`
	Threshold    *string `setting:"gate.threshold" help:"Smallest change that counts, as a share of the overhead." placeholder:"10%" group:"Overrides of the configuration"`
	Floor        *string `setting:"gate.floor" help:"Smaller changes are ignored, whatever their share." placeholder:"5us" group:"Overrides of the configuration"`
	Behaviour    *string `setting:"gate.behaviour" help:"What new harm in what the gateway does counts for: fail, report or off." placeholder:"fail" group:"Overrides of the configuration"`
	Instructions *string `setting:"gate.instructions" help:"By which share the instructions of a request may grow: a share, report or off." placeholder:"10%" group:"Overrides of the configuration"`
	FailOn       *string `setting:"gate.fail_on" help:"Outcomes that fail: regression, inconclusive, no-baseline; or never." placeholder:"regression" group:"Overrides of the configuration"`
}

// shardFlags are those of a gate that is spread over machines.
type shardFlags struct {
	Shard   *string `setting:"measure.shard" help:"Measure this part of a gate that is spread over machines, and decide nothing: proxy-bench merge does." placeholder:"I/N"`
	ShardBy *string `setting:"measure.shard_by" help:"What a shard has of its own: process pairs of the whole suite, or scenarios." placeholder:"pairs"`
}

var hump = regexp.MustCompile(`([a-z])([A-Z])`)

// overrides lists the flags that were given, of structs whose fields say in a tag
// which setting they override. A flag that was not given is nil.
func overrides(structs ...any) []config.Override {
	var all []config.Override
	for _, flags := range structs {
		v := reflect.ValueOf(flags)
		for i := range v.NumField() {
			field := v.Type().Field(i)
			value, _ := v.Field(i).Interface().(*string)
			if lines, _ := v.Field(i).Interface().([]string); len(lines) > 0 {
				all := strings.Join(lines, "\n")
				value = &all
			}
			name := field.Tag.Get("name")
			if name == "" {
				name = strings.ToLower(hump.ReplaceAllString(field.Name, "$1-$2"))
			}
			if path := field.Tag.Get("setting"); path != "" && value != nil {
				all = append(all, config.Override{Path: path, Value: *value, Origin: "--" + name})
			} else if quick, _ := v.Field(i).Interface().(bool); name == "quick" && quick {
				all = append(config.Quick(), all...) // the special wins
			}
		}
	}
	return all
}

// flags are those with which gate reads a configuration and changes it, as a shell
// takes them.
func flags(configuration string, overrides []config.Override) []string {
	var all []string
	if configuration != "" {
		all = append(all, "--config="+quoted(configuration))
	}
	for _, o := range overrides {
		switch {
		case o.Path == "request.headers": // their values may be secrets
			for line := range strings.Lines(o.Value) {
				name, _, _ := strings.Cut(line, ":")
				all = append(all, o.Origin+"="+quoted(name+": …"))
			}
		case o.Origin != "--quick":
			all = append(all, o.Origin+"="+quoted(o.Value))
		case !slices.Contains(all, o.Origin):
			all = append(all, o.Origin)
		}
	}
	return all
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./,:%+-]+$`)

// quoted is a word that a shell takes as it is.
func quoted(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
