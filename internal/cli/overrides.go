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
	gatewayFlags

	Concurrency *string `setting:"suite.concurrency" help:"Requests in flight." placeholder:"LIST" group:"overrides"`
	Rounds      *string `setting:"measure.rounds" help:"Rounds, each with a fresh gateway process; auto: as the time budget allows." placeholder:"N" group:"overrides"`
	TimeBudget  *string `setting:"measure.time_budget" help:"Wall-clock time for all rounds." placeholder:"TIME" group:"overrides"`
	Seed        *string `setting:"measure.seed" help:"Seed of the order of arms and scenarios." placeholder:"N" group:"overrides"`
	Quick       bool    `help:"A first look in 30 s: JSON answers and streams with 1 and 10 requests in flight and 1 KB, unless the file has a suite of its own." group:"overrides"`
}

// gatewayFlags are what every command that starts a gateway can override.
type gatewayFlags struct {
	Config string `help:"Configuration file. Without one, .proxy-bench.yml of this directory or of the nearest above, up to the root of the repository." placeholder:"FILE"`

	Build  *string  `setting:"gateway.build" help:"Shell line that builds the gateway." placeholder:"LINE" group:"overrides"`
	Start  *string  `setting:"gateway.start" help:"Shell line that starts it on 127.0.0.1:$$PORT in front of $$UPSTREAM_URL." placeholder:"LINE" group:"overrides"`
	API    *string  `setting:"request.api" name:"api" help:"responses, chat or messages." placeholder:"API" group:"overrides"`
	Path   *string  `setting:"request.path" help:"Where requests are posted to, instead of the API's own path." placeholder:"PATH" group:"overrides"`
	Query  *string  `setting:"request.query" help:"Follows the path and a question mark." placeholder:"QUERY" group:"overrides"`
	Model  *string  `setting:"request.model" help:"The model that requests ask for." placeholder:"NAME" group:"overrides"`
	Header []string `setting:"request.headers" sep:"none" help:"A header of every request, which replaces the file's headers; can be repeated. Let the value name a variable, as in 'Authorization: Bearer $$KEY'." placeholder:"NAME: VALUE" group:"overrides"`
	Modes  *string  `setting:"suite.modes" help:"json, sse or both." placeholder:"LIST" group:"overrides"`
	Body   *string  `setting:"suite.body" help:"Sizes of the request body." placeholder:"LIST" group:"overrides"`
}

// gateFlags are what deciding commands can override.
type gateFlags struct {
	Alpha        *string `setting:"gate.alpha" help:"Probability that unchanged code is called a regression, over a whole gate." placeholder:"SHARE" group:"overrides"`
	Threshold    *string `setting:"gate.threshold" help:"Smallest change that counts, as a share of the overhead." placeholder:"SHARE" group:"overrides"`
	Floor        *string `setting:"gate.floor" help:"Smaller changes are ignored, whatever their share." placeholder:"TIME" group:"overrides"`
	Behaviour    *string `setting:"gate.behaviour" help:"What new harm in what the gateway does counts for: fail, report or off." placeholder:"RULE" group:"overrides"`
	Instructions *string `setting:"gate.instructions" help:"By which share the instructions of a request may grow: a share, report or off." placeholder:"RULE" group:"overrides"`
	FailOn       *string `setting:"gate.fail_on" help:"Outcomes that fail: regression, inconclusive, no-baseline; or never." placeholder:"LIST" group:"overrides"`
}

// shardFlags are those of a gate that is spread over machines.
type shardFlags struct {
	Shard   *string `setting:"measure.shard" help:"Measure this part of a gate that is spread over machines, and decide nothing: proxy-bench merge does." placeholder:"I/N"`
	ShardBy *string `setting:"measure.shard_by" help:"What a shard has of its own: process pairs of the whole suite, or scenarios." placeholder:"pairs"`
	RunID   string  `name:"run-id" help:"What tells the shards of this gate from those of another, such as $$GITHUB_RUN_ID." placeholder:"ID"`
}

var hump = regexp.MustCompile(`([a-z])([A-Z])`)

// overrides lists the flags that were given, of structs whose fields say in a tag
// which setting they override. A flag that was not given is nil.
func overrides(structs ...any) []config.Override {
	var all []config.Override
	for _, flags := range structs {
		all = append(all, overridesOf(reflect.ValueOf(flags))...)
	}
	return all
}

func overridesOf(v reflect.Value) (all []config.Override) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous {
			all = append(all, overridesOf(v.Field(i))...)
			continue
		}
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
