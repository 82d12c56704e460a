package rule

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/yamlfile"
)

// maxFiles bounds a pack: 500 measures with their cases and documents fit ten times over.
const maxFiles = 20_000

// OpenPack loads the pack of a folder, and nothing from outside it: links that
// lead out are refused.
//
// Codes: those of LoadPack; invalid when there is no such folder.
func OpenPack(dir string) (*Pack, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "没有地区包目录 %s：请检查路径和权限。", "There is no region pack folder %s: check the path and permissions.", dir).Because(err)
	}
	defer root.Close()
	return LoadPack(root.FS())
}

// LoadPack reads a region pack: region.yaml, documents/*.yaml, measures/*.yaml,
// guides/*.yaml, questions.yaml and cases/*.yaml. Every fault of every file is
// reported at its file and line. What it returns can be assessed; whether it is
// complete and right is Check's to say.
//
// Codes: invalid, not_found (there is no region.yaml).
func LoadPack(fsys fs.FS) (*Pack, error) {
	p := &Pack{Vocabulary: evidence.CurrentVocabulary(), measures: map[string]*Measure{}}
	var bad fault.Collector
	if err := yamlfile.Read(fsys, "region.yaml", &p.Region, yamlfile.Strict); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.Newf(fault.NotFound, "这里没有 region.yaml，不是地区包：请给出地区包的目录。", "There is no region.yaml here: this is no region pack. Name the folder of one.")
		}
		bad.Merge("", err)
	}
	bad.Merge("", readFolder(fsys, "documents", yamlfile.Open, func(file string, d Document) error {
		p.Documents = append(p.Documents, d)
		return nil
	}))
	bad.Merge("", readFolder(fsys, "measures", yamlfile.Strict, p.addMeasure))
	bad.Merge("", readFolder(fsys, "guides", yamlfile.Strict, p.addGuide))
	bad.Merge("", readFolder(fsys, "cases", yamlfile.Strict, p.addCases))
	var questions struct {
		Questions []Question `yaml:"questions"`
	}
	if err := yamlfile.Read(fsys, "questions.yaml", &questions, yamlfile.Strict); err != nil && !errors.Is(err, fs.ErrNotExist) {
		bad.Merge("", err)
	}
	p.Questions = questions.Questions
	if err := bad.Err(); err != nil {
		return nil, err
	}
	p.sort()
	p.env = newEnvironment(p.Vocabulary, p.Questions)
	if err := p.validate(); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Pack) sort() {
	slices.SortFunc(p.Documents, func(a, b Document) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(p.Measures, func(a, b *Measure) int { return compareIDs(a.ID, b.ID) })
	slices.SortFunc(p.Guides, func(a, b Guide) int { return cmp.Compare(a.Year, b.Year) })
	slices.SortFunc(p.Questions, func(a, b Question) int { return compareIDs(a.ID, b.ID) })
	slices.SortStableFunc(p.Cases, func(a, b Case) int { return compareIDs(a.Measure, b.Measure) })
}

// compareIDs orders 002-2 before 002-10 and A2 before A10.
func compareIDs(a, b string) int {
	for a != "" && b != "" {
		da, ra := leadingDigits(a)
		db, rb := leadingDigits(b)
		if da != "" && db != "" {
			if c := cmp.Compare(len(strings.TrimLeft(da, "0")), len(strings.TrimLeft(db, "0"))); c != 0 && len(da) != len(db) {
				return c
			}
			if c := cmp.Compare(da, db); c != 0 {
				return c
			}
			a, b = ra, rb
			continue
		}
		if c := cmp.Compare(a[0], b[0]); c != 0 {
			return c
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func leadingDigits(s string) (digits, rest string) {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return s[:n], s[n:]
}

func (p *Pack) addMeasure(file string, m Measure) error {
	if other := p.measures[m.ID]; other != nil {
		return yamlfile.At(file, 1, "措施 %s 已在 %s 中。", "Measure %s is in %s already.", m.ID, other.file)
	}
	m.file = file
	if m.ID+".yaml" != path.Base(file) {
		return yamlfile.At(file, 1, "文件名应为 %s.yaml。", "The file should be named %s.yaml.", m.ID)
	}
	p.measures[m.ID] = &m
	p.Measures = append(p.Measures, &m)
	return nil
}

func (p *Pack) addGuide(file string, g Guide) error {
	if strconv.Itoa(g.Year)+".yaml" != path.Base(file) {
		return yamlfile.At(file, 1, "文件名应为 %d.yaml。", "The file should be named %d.yaml.", g.Year)
	}
	if g.Version = cmp.Or(g.Version, 1); g.Version < 1 {
		return yamlfile.At(file, 1, "版本（version）从 1 起。", "Versions count from 1.")
	}
	p.Guides = append(p.Guides, g)
	return nil
}

func (p *Pack) addCases(file string, c caseFile) error {
	if c.Measure+".yaml" != path.Base(file) {
		return yamlfile.At(file, 1, "文件名应为 %s.yaml。", "The file should be named %s.yaml.", c.Measure)
	}
	for _, one := range c.Cases {
		one.Measure, one.file, one.given = c.Measure, file, c.Given
		p.Cases = append(p.Cases, one)
	}
	return nil
}

func readFolder[T any](fsys fs.FS, dir string, decode yamlfile.Decoder, add func(string, T) error) error {
	entries, err := fs.ReadDir(fsys, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return yamlfile.In(dir, "读不到这个文件夹：须在包内，且有权限。", "The folder cannot be read: it must be inside the pack, and permitted.")
	}
	if len(entries) > maxFiles {
		return yamlfile.In(dir, "文件超过 %d 个。", "More than %d files.", maxFiles)
	}
	var bad fault.Collector
	for _, e := range entries {
		if path.Ext(e.Name()) != ".yaml" {
			continue
		}
		var one T
		file := path.Join(dir, e.Name())
		if err := yamlfile.Read(fsys, file, &one, decode); err != nil {
			bad.Merge("", err)
			continue
		}
		bad.Merge("", add(file, one))
	}
	return bad.Err()
}
