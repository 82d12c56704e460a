package app

import (
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/population"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// populationFlags name a population and what to run over it.
type populationFlags struct {
	Region     string `help:"Folder of the region pack." required:"" type:"path"`
	Population string `help:"Organisations, Parquet or CSV; columns code, kind, then <fact kind>.<attribute> and <fact kind>.quantity." required:"" type:"path"`
	Guide      int    `help:"Year of the guide whose rulings hold; none when not given." placeholder:"YEAR"`
	Limit      int    `help:"List at most so many rows a measure; 0 lists all." default:"0"`
}

// open reads the pack and opens the population; on is a day or empty for today.
func (f populationFlags) open(on string, measures []string) (*population.Population, population.Query, error) {
	q := population.Query{Measures: measures, Guide: f.Guide, On: clock.System{}.Today()}
	if f.Limit < 0 {
		return nil, q, fault.Newf(fault.Invalid, "--limit 不能为负。", "--limit must not be negative.")
	}
	var err error
	if on != "" {
		if q.On, err = dayOf("--on", on); err != nil {
			return nil, q, err
		}
	}
	if q.Pack, err = rule.OpenPack(f.Region); err != nil {
		return nil, q, err
	}
	debug.SetGCPercent(population.GCPercent)
	p, err := population.Open(f.Population)
	return p, q, err
}

type matchCommand struct {
	populationFlags
	Measure string `help:"Only this measure; all that compute money when not given." placeholder:"ID"`
	On      string `help:"Day of the assessment; today when not given." placeholder:"DATE"`
}

func (m *matchCommand) Run(c *console) error {
	var measures []string
	if m.Measure != "" {
		measures = []string{m.Measure}
	}
	p, q, err := m.open(m.On, measures)
	if err != nil {
		return err
	}
	defer p.Close()
	matches, err := population.Match(p, q, m.Limit)
	if err != nil {
		return err
	}
	return c.print(matches, func(w io.Writer) {
		for _, x := range matches.Measures {
			fmt.Fprintf(w, "%s\t%d\t%s\n", x.Measure, x.Counts[rule.Eligible], x.Total.Grouped())
			for _, item := range x.Items {
				amount := "—"
				if item.Amount != nil {
					amount = item.Amount.Grouped()
				}
				fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", item.Code, item.Object, item.Outcome, amount)
			}
		}
	})
}

type simulateCommand struct {
	populationFlags
	On  string   `help:"Day of the assessment." required:"" placeholder:"DATE"`
	Set []string `help:"Another figure, ID:path=value, such as 002-6:rate=0.015; money in decimal yuan. May be given often." placeholder:"ID:path=value" sep:"none"`
}

func (s *simulateCommand) Run(c *console) error {
	overrides, err := parseSettings(s.Set)
	if err != nil {
		return err
	}
	p, q, err := s.open(s.On, nil)
	if err != nil {
		return err
	}
	defer p.Close()
	q.Set = overrides
	simulation, err := population.Simulate(p, q, s.Limit)
	if err != nil {
		return err
	}
	return c.print(simulation, func(w io.Writer) {
		for _, m := range simulation.Measures {
			fmt.Fprintf(w, "%s\t%s -> %s\t+%d −%d\n", m.Measure, m.Before.Total.Grouped(), m.After.Total.Grouped(), m.Gainers, m.Losers)
		}
	})
}

// parseSettings reads --set ID:path=value.
func parseSettings(settings []string) ([]rule.Override, error) {
	var c fault.Collector
	var out []rule.Override
	seen := map[string]bool{}
	for i, text := range settings {
		name, value, hasValue := strings.Cut(text, "=")
		measure, path, hasPath := strings.Cut(name, ":")
		if !hasValue || !hasPath || measure == "" || path == "" || value == "" {
			c.Add(fmt.Sprintf("--set[%d]", i), "“%[1]s”应写成 措施:参数=数值，例如 002-6:rate=0.015。", "%[1]q must be ID:path=value, such as 002-6:rate=0.015.", text)
			continue
		}
		if seen[name] {
			c.Add(fmt.Sprintf("--set[%d]", i), "%[1]s 已设过一次：每个参数只设一个数值。", "%[1]s is set already: give each parameter one value.", name)
		}
		seen[name] = true
		out = append(out, rule.Override{Measure: measure, Path: path, Value: value})
	}
	return out, c.Err()
}
