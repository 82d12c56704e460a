package allocation

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/platform/yamlfile"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// ReadCalls reads a call file (docs/rule-author.md): one call at the top level,
// or several under `calls`. Figures keep the text that they are written in:
// 0.6 is six tenths, not the float beside it.
//
// Codes: invalid, each fault with its line or its path; too_large.
func ReadCalls(file string, data []byte) (Input, error) {
	var f callFile
	if len(data) > yamlfile.MaxBytes {
		return Input{}, fault.Newf(fault.TooLarge, "%s 超过 %d 字节：请删去不属于这里的内容。", "%s has more than %d bytes: remove what does not belong here.", file, yamlfile.MaxBytes)
	}
	if err := yamlfile.Strict(file, data, &f); err != nil {
		return Input{}, err
	}
	in := Input{SameMatter: SameMatter(f.SameMatter.text)}
	listed := f.Calls
	if f.Calls == nil || f.callYAML != (callYAML{}) {
		listed = append([]callYAML{f.callYAML}, listed...)
	}
	var bad fault.Collector
	for i := range listed {
		path := ""
		if f.Calls != nil {
			path = fmt.Sprintf("calls[%d].", i)
		}
		in.Calls = append(in.Calls, listed[i].call(&bad, path))
	}
	if f.Calls != nil && f.callYAML != (callYAML{}) {
		bad = fault.Collector{}
		bad.Add("calls", "一条措施写在最外层，几条都写在 calls 里：不能两处都写。", "One call stands at the top level, several stand under calls: not both.")
	}
	if err := bad.Err(); err != nil {
		return Input{}, err
	}
	return in, nil
}

// The file's shapes. A scalar keeps its text.

type callFile struct {
	callYAML   `yaml:",inline"`
	Calls      []callYAML `yaml:"calls"`
	SameMatter scalar     `yaml:"same_matter"`
}

type callYAML struct {
	Measure   scalar     `yaml:"measure"`
	Year      scalar     `yaml:"year"`
	Budget    scalar     `yaml:"budget"`
	WhenShort scalar     `yaml:"when_short"`
	Quota     scalar     `yaml:"quota"`
	Rank      *rankYAML  `yaml:"rank"`
	Share     *shareYAML `yaml:"share"`
	Stated    statedYAML `yaml:"stated"`
}

type statedYAML struct {
	Budget scalar `yaml:"budget"`
	Quota  scalar `yaml:"quota"`
}

type rankYAML struct {
	By        named   `yaml:"by"`
	Normalise scalar  `yaml:"normalise"`
	Ties      scalar  `yaml:"ties"`
	Bar       barYAML `yaml:"bar"`
}

type barYAML struct {
	Score scalar `yaml:"score"`
	Each  named  `yaml:"each"`
}

type shareYAML struct {
	How   scalar   `yaml:"how"`
	Table []scalar `yaml:"table"`
	Most  scalar   `yaml:"most"`
}

// scalar is one value as it is written.
type scalar struct {
	text  string
	given bool
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (s *scalar) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return mistyped(n, "string")
	}
	s.text, s.given = n.Value, n.Tag != "!!null"
	return nil
}

// mistyped is the library's own complaint, which yamlfile puts in words.
func mistyped(n *yaml.Node, want string) error {
	return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: cannot unmarshal %s into %s", n.Line, n.ShortTag(), want)}}
}

// named is a mapping from factors to values, or only a list of factors.
type named []namedValue

type namedValue struct {
	name   string
	values []scalar // none, one, or the two ends of a range
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (l *named) UnmarshalYAML(n *yaml.Node) error {
	switch n.Kind {
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if item.Kind != yaml.ScalarNode {
				return mistyped(item, "string")
			}
			*l = append(*l, namedValue{name: item.Value})
		}
		return nil
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			v := namedValue{name: n.Content[i].Value}
			if err := v.read(n.Content[i+1]); err != nil {
				return err
			}
			*l = append(*l, v)
		}
		return nil
	}
	return mistyped(n, "map")
}

func (v *namedValue) read(n *yaml.Node) error {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		if nodes = n.Content; len(nodes) != 2 {
			return mistyped(n, "string")
		}
	}
	for _, node := range nodes {
		var s scalar
		if err := s.UnmarshalYAML(node); err != nil {
			return err
		}
		if s.given {
			v.values = append(v.values, s)
		}
	}
	return nil
}

func (y *callYAML) call(bad *fault.Collector, path string) Call {
	c := Call{Measure: y.Measure.text, WhenShort: shortage.Way(y.WhenShort.text)}
	if year := y.Year.count(bad, path+"year"); year != nil {
		c.Year = *year
	}
	c.Budget, c.Quota = y.Budget.yuan(bad, path+"budget"), y.Quota.count(bad, path+"quota")
	c.Stated = Stated{y.Stated.Quota.count(bad, path+"stated.quota"), y.Stated.Budget.yuan(bad, path+"stated.budget")}
	if y.Rank != nil {
		c.Rank = y.Rank.rank(bad, path+"rank.")
	}
	if s := y.Share; s != nil {
		c.Share = &Share{How: How(s.How.text), Most: s.Most.yuan(bad, path+"share.most")}
		for i := range s.Table {
			if f := s.Table[i].yuan(bad, fmt.Sprintf("%sshare.table[%d]", path, i)); f != nil {
				c.Share.Table = append(c.Share.Table, *f)
			}
		}
	}
	return c
}

func (y *rankYAML) rank(bad *fault.Collector, path string) *Rank {
	r := &Rank{Normalise: Normalise(y.Normalise.text), Ties: Ties(y.Ties.text), Bar: y.Bar.Score.number(bad, path+"bar.score")}
	for _, v := range y.By {
		f := Factor{Name: v.name}
		switch at := path + "by." + clip(v.name); len(v.values) {
		case 1:
			if n := v.values[0].number(bad, at); n != nil {
				f.Weight = Exactly(*n)
			}
		case 2:
			low, high := v.values[0].number(bad, at), v.values[1].number(bad, at)
			if low != nil && high != nil {
				f.Weight = &Weight{*low, *high}
			}
		}
		r.By = append(r.By, f)
	}
	for _, v := range y.Bar.Each {
		at := path + "bar.each." + clip(v.name)
		found := false
		for k := range r.By {
			if r.By[k].Name == v.name && len(v.values) == 1 && r.By[k].Least == nil {
				found = true
				r.By[k].Least = v.values[0].number(bad, at)
			}
		}
		if !found {
			bad.Add(at, "每个因素写一个最低得分，因素要在 by 里。", "Give one least score to a factor that stands under by.")
		}
	}
	return r
}

func (s scalar) number(bad *fault.Collector, path string) *Number {
	if !s.given {
		return nil
	}
	n, err := ParseNumber(s.text)
	bad.Merge(path, err)
	return &n
}

func (s scalar) yuan(bad *fault.Collector, path string) *money.Fen {
	if !s.given {
		return nil
	}
	f, err := money.ParseYuan(s.text)
	bad.Merge(path, err)
	return &f
}

func (s scalar) count(bad *fault.Collector, path string) *int {
	if !s.given {
		return nil
	}
	n, err := strconv.Atoi(s.text)
	if err != nil || n > 1_000_000_000 {
		bad.Add(path, "“%.40s”不是整数。", "%.40q is no whole number.", s.text)
	}
	return &n
}
