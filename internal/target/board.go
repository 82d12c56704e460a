package target

import (
	"context"
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Board is every target in a year, as of a day: what the public may read.
type Board struct {
	Year    int          `json:"year"`
	Years   []int        `json:"years" doc:"Years for which there are goals"`
	On      clock.Date   `json:"on"`
	Targets []TargetView `json:"targets"`
	Areas   []Area       `json:"areas" doc:"Places with the scenes accepted there, for the map"`
	Rule    i18n.Text    `json:"rule" doc:"How the lights are set"`
}

// TargetView is one target in a year.
type TargetView struct {
	ID       string        `json:"id"`
	Name     i18n.Text     `json:"name"`
	Clause   Clause        `json:"clause"`
	Unit     string        `json:"unit"`
	Kind     Kind          `json:"kind" enum:"stock,cumulative,flow,size,rank"`
	Draft    bool          `json:"draft" doc:"It stands in a text put out for comment"`
	PartOf   string        `json:"part_of" doc:"The target that it contributes to and is never added into; empty for none"`
	Question string        `json:"question" doc:"The open question that bears on it; empty for none"`
	Goals    []GoalView    `json:"goals"`
	Goal     *GoalView     `json:"goal" doc:"That of the year, or the next one"`
	Light    Light         `json:"light" enum:"behind,no_data,undecided,no_forecast,on_pace,reached,later,in_words"`
	Readings []ReadingView `json:"readings" doc:"More than one where the text leaves open how to count"`
	Reported bool          `json:"reported" doc:"A department reports the figure; otherwise it is counted from facts"`
	Reporter *Unit         `json:"reporter" doc:"Who must report"`
	Units    []Unit        `json:"units" doc:"Who answers for it"`
}

// GoalView is a goal as it is shown.
type GoalView struct {
	Year       int        `json:"year"`
	Comparator Comparator `json:"comparator" enum:"ge,gt,"`
	Value      string     `json:"value" doc:"Plain decimal; empty for a goal in words"`
	Words      i18n.Text  `json:"words"`
}

// ReadingView is a figure by one way of counting.
type ReadingView struct {
	ID       string        `json:"id" doc:"Empty where there is only one way"`
	Name     i18n.Text     `json:"name"`
	Value    string        `json:"value" doc:"Plain decimal; empty when unknown, which is not zero"`
	AsOf     *clock.Date   `json:"as_of" doc:"Null when unknown"`
	Source   i18n.Text     `json:"source"`
	Facts    int           `json:"facts" doc:"How many facts stand under it"`
	Gap      string        `json:"gap" doc:"What is missing to the goal; empty when it is met or unknown"`
	Forecast *ForecastView `json:"forecast"`
	Light    Light         `json:"light" enum:"behind,no_data,no_forecast,on_pace,reached,later,in_words"`
	Beside   []BesideView  `json:"beside" doc:"What was found and does not count"`
}

// ForecastView is where the figure will be at the end of the year.
type ForecastView struct {
	Value  string    `json:"value" doc:"To one decimal, of a count too; the light compares exactly"`
	Gap    string    `json:"gap" doc:"What will be missing to the goal; empty when it will be met"`
	Method i18n.Text `json:"method"`
}

// BesideView is facts that do not count, and why.
type BesideView struct {
	Why   i18n.Text `json:"why"`
	Facts []string  `json:"facts"`
}

// Area is a place with its scenes: each counts once, with what lies inside.
type Area struct {
	Code   string    `json:"code"`
	PartOf string    `json:"part_of"`
	Name   i18n.Text `json:"name"`
	Tile   []int     `json:"tile" doc:"Half tiles from the left and rows from the top in its parent's map; empty for none"`
	Scenes *int      `json:"scenes" doc:"Null when no scene says that it lies here: unknown, which is not zero"`
}

// Years lists the years that have goals.
func (p *Plan) Years() (years []int) {
	for _, t := range p.Targets {
		for _, g := range t.Goals {
			years = append(years, g.Year)
		}
	}
	slices.Sort(years)
	return slices.Compact(years)
}

// Board gathers the targets of a year; year 0 is the present one.
//
// Codes: invalid for a year outside 2000 to 2100; unavailable.
func (s *Service) Board(ctx context.Context, year int) (Board, error) {
	on, now := s.today()
	if year == 0 {
		year = now
	}
	if err := checkYear(year); err != nil {
		return Board{}, err
	}
	facts, err := s.facts(ctx)
	if err != nil {
		return Board{}, err
	}
	b := Board{Year: year, Years: s.Plan.Years(), On: on, Rule: LightRule(), Areas: s.Plan.areas(facts, min(on, yearEnd(year)))}
	for _, t := range s.Plan.Targets {
		b.Targets = append(b.Targets, s.Plan.view(t, facts, year, on))
	}
	return b, nil
}

func checkYear(year int) error {
	var bad fault.Collector
	if year < 2000 || year > 2100 {
		bad.Add("query.year", "年份应在 2000 到 2100 之间。", "The year lies between 2000 and 2100.")
	}
	return bad.Err()
}

// view judges one target in a year.
func (p *Plan) view(t *Target, facts []evidence.Fact, year int, on clock.Date) TargetView {
	v := TargetView{ID: t.ID, Name: t.Name, Clause: p.Cite(t.Document, t.Clause), Unit: t.Unit, Kind: t.Kind, Draft: t.Draft, PartOf: t.PartOf, Question: t.Question,
		Reported: t.Counts.Fact == kindReported, Units: p.unitsOf(p.Answering(t)), Goals: []GoalView{}, Readings: []ReadingView{}}
	if t.Reporter != "" {
		reporter := p.Unit(t.Reporter)
		v.Reporter = &reporter
	}
	for _, g := range t.Goals {
		v.Goals = append(v.Goals, goalView(g))
	}
	goal, due, found := t.goalIn(year)
	due = due && year <= on.Year() // before its year begins nobody is late
	if found {
		shown := goalView(goal)
		v.Goal = &shown
	}
	if t.Kind == Rank {
		v.Light = InWords
		return v
	}
	var lights []Light
	for _, r := range p.Read(t, facts, year, on) {
		shown := readingView(t, r, goal, due, found, year)
		lights = append(lights, shown.Light)
		v.Readings = append(v.Readings, shown)
	}
	v.Light = agreed(lights)
	return v
}

func goalView(g Goal) GoalView { return GoalView{g.Year, g.Comparator, g.Value, g.Words} }

// readingView judges one reading: against the goal of the year, or only shown
// when the next goal is of a later year.
func readingView(t *Target, r Reading, g Goal, due, found bool, year int) ReadingView {
	v := ReadingView{ID: r.ID, Name: r.Name, Value: figure(r.last(), 1), AsOf: dayOrNone(r.asOf()), Source: r.Source, Facts: len(r.Facts), Beside: []BesideView{}}
	f, foretold := t.Forecast(r, year)
	if foretold {
		v.Forecast = &ForecastView{Value: figure(roundTo(f.Value, 1), 1), Method: f.Method}
	}
	for _, b := range r.Beside {
		v.Beside = append(v.Beside, BesideView(b))
	}
	if !found {
		v.Light = Later
		return v
	}
	v.Gap = figure(g.Gap(r.last()), 1)
	if v.Light = lightOf(g, r, f, foretold); !due && v.Light != Reached {
		v.Light = Later
		return v
	}
	if foretold {
		v.Forecast.Gap = figure(roundTo(g.Gap(f.Value), 1), 1)
	}
	return v
}

// dayOrNone is a day, or null where there is none.
func dayOrNone(d clock.Date) *clock.Date {
	if d == "" {
		return nil
	}
	return &d
}

// areas counts the accepted scenes by place. One scene counts once in each
// place that it lies in, its own and those around it.
func (p *Plan) areas(facts []evidence.Fact, on clock.Date) []Area {
	scenes := map[string]map[string]bool{} // place -> objects
	for _, f := range facts {
		if f.Kind != kindScene || f.Occurred > on {
			continue
		}
		for place := f.Attributes["place"]; place != ""; place = p.places[place].PartOf {
			if scenes[place] == nil {
				scenes[place] = map[string]bool{}
			}
			scenes[place][f.Object] = true
		}
	}
	areas := make([]Area, 0, len(p.Places))
	for _, place := range p.Places {
		area := Area{Code: place.Code, PartOf: place.PartOf, Name: place.Name, Tile: place.Tile}
		if n := len(scenes[place.Code]); n > 0 {
			area.Scenes = &n
		}
		areas = append(areas, area)
	}
	return areas
}

// TargetDetail is one target with its year's points and the facts under them.
type TargetDetail struct {
	TargetView
	Year   int        `json:"year"`
	On     clock.Date `json:"on"`
	Series []Series   `json:"series"`
	Tasks  []TaskRef  `json:"tasks" doc:"What serves it"`
	Parts  []Ref      `json:"parts" doc:"Targets of lower levels, shown beside and never added in"`
	Around *Ref       `json:"around" doc:"The target that it is part of"`
}

// Series is the points of one reading in the year.
type Series struct {
	ID     string      `json:"id"`
	Points []PointView `json:"points"`
	Facts  []string    `json:"facts" doc:"Ids of the facts under the last point"`
}

// PointView is a figure on a day.
type PointView struct {
	Day   clock.Date `json:"day"`
	Value string     `json:"value"`
	Fact  string     `json:"fact" doc:"Id of the report that says it, for its correction; empty where it is counted"`
}

// Ref names a target.
type Ref struct {
	ID   string    `json:"id"`
	Name i18n.Text `json:"name"`
}

// TaskRef names a task.
type TaskRef struct {
	ID       string    `json:"id"`
	Name     i18n.Text `json:"name"`
	Clause   Clause    `json:"clause"`
	Strength Strength  `json:"strength" enum:"advance,explore,standing"`
}

// Detail gathers one target in a year; year 0 is the present one.
//
// Codes: not_found; invalid; unavailable.
func (s *Service) Detail(ctx context.Context, id string, year int) (TargetDetail, error) {
	on, now := s.today()
	if year == 0 {
		year = now
	}
	if err := checkYear(year); err != nil {
		return TargetDetail{}, err
	}
	t, err := s.Plan.Target(id)
	if err != nil {
		return TargetDetail{}, err
	}
	facts, err := s.facts(ctx)
	if err != nil {
		return TargetDetail{}, err
	}
	d := TargetDetail{TargetView: s.Plan.view(t, facts, year, on), Year: year, On: on, Series: []Series{}, Tasks: []TaskRef{}, Parts: []Ref{}}
	for _, r := range s.Plan.Read(t, facts, year, on) {
		line := Series{ID: r.ID, Points: []PointView{}, Facts: r.Facts}
		for _, point := range r.Points {
			line.Points = append(line.Points, PointView{point.Day, figure(point.Value, 2), point.Fact})
		}
		d.Series = append(d.Series, line)
	}
	for _, task := range s.Plan.Serving(t.ID) {
		d.Tasks = append(d.Tasks, s.Plan.taskRef(task))
	}
	for _, other := range s.Plan.Targets {
		if other.PartOf == t.ID {
			d.Parts = append(d.Parts, Ref{other.ID, other.Name})
		}
		if other.ID == t.PartOf {
			d.Around = &Ref{other.ID, other.Name}
		}
	}
	return d, nil
}

func (p *Plan) taskRef(t *Task) TaskRef {
	return TaskRef{t.ID, t.Name, p.Cite(t.Document, t.Clause), t.Strength}
}
