package device

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/yamlfile"
)

//go:embed models.yaml
var shipped []byte

// Shipped is the catalogue that comes with Qianmo.
var Shipped = sync.OnceValues(func() (*Catalogue, error) { return Read("models.yaml", shipped) })

// Catalogue is device models with who makes them and where their figures were
// read. It does not change and may be shared.
type Catalogue struct {
	Vendors []Vendor `yaml:"vendors"`
	Sources []Source `yaml:"sources"`
	Models  []Model  `yaml:"models"`

	byID, byName map[string]*Model
}

// Read reads a catalogue strictly: what it does not know, it refuses.
//
// Codes: invalid, every fault with its line or its path.
func Read(file string, data []byte) (*Catalogue, error) {
	c := new(Catalogue)
	if err := yamlfile.Strict(file, data, c); err != nil {
		return nil, err
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c.byID, c.byName = map[string]*Model{}, map[string]*Model{}
	for i := range c.Models {
		m := &c.Models[i]
		c.byID[m.ID] = m
		for _, name := range m.names() {
			c.byName[folded(name)] = m
		}
	}
	return c, nil
}

// Model is the model of an id.
//
// Codes: not_found.
func (c *Catalogue) Model(id string) (*Model, error) {
	if m, there := c.byID[id]; there {
		return m, nil
	}
	return nil, fault.Newf(fault.NotFound, "没有加速卡型号 %q：请查看型号目录。", "There is no device model %q: see the catalogue of models.", id)
}

// Named is the model that a tool or a driver prints a name of, such as `NVIDIA
// H100 80GB HBM3`; ids are names too. Case and the width of gaps make no
// difference, anything else does: a name that is nearly that of a model may be
// that of another.
//
// Codes: not_found.
func (c *Catalogue) Named(name string) (*Model, error) {
	if m, there := c.byName[folded(name)]; there {
		return m, nil
	}
	return nil, fault.Newf(fault.NotFound, "没有名为 %q 的加速卡型号：请把驱动显示的名称加到型号目录。", "No device model is called %q: add the name that the driver shows to the catalogue of models.", name)
}

// names are all names of a model, its id first.
func (m *Model) names() []string { return append([]string{m.ID}, m.Aliases...) }

func folded(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }
