// Package device is the catalogue of device models: what a card is called, how
// much memory it has, how fast it is at most and into how many parts it can be
// split, each figure with who says so. It is pure: models.yaml is the catalogue.
package device

import (
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Model (加速卡型号) is one kind of device as it is sold.
type Model struct {
	ID      string    `yaml:"id"`     // stable, lower-case: ascend-910b3
	Vendor  string    `yaml:"vendor"` // the id of one
	Kind    Kind      `yaml:"kind"`
	Name    i18n.Text `yaml:"name"`
	Aliases []string  `yaml:"aliases"` // as the vendor's tools and drivers print it
	Figures Figures   `yaml:"figures"`
	Note    i18n.Text `yaml:"note"` // why figures are unknown, and what else to know of the known
}

// Kind is what sort of device a model is.
type Kind string

// The closed set of kinds.
const (
	GPU Kind = "gpu"
	NPU Kind = "npu" // made for neural networks only, whatever its vendor calls it
	DCU Kind = "dcu" // Hygon's name for its accelerators
	CPU Kind = "cpu"
)

// Memory is the device's memory in MiB: 80 GB as sold are 80 × 1,024. False when
// it is unknown.
func (m *Model) Memory() (mib int64, known bool) { return m.whole(Memory) }

// Power is the most that the device draws, in watts. False when it is unknown.
func (m *Model) Power() (watts int64, known bool) { return m.whole(Power) }

// Parts (切分份数) is into how many equal parts one device can be split. It is 1
// for a device that cannot be, and for one of which nobody says that it can.
func (m *Model) Parts() int {
	if parts, known := m.whole(Parts); known {
		return int(parts)
	}
	return 1
}

// Splittable reports whether jobs can share one device.
func (m *Model) Splittable() bool { return m.Parts() > 1 }

// Peak (峰值算力) is the dense peak at a precision, in 10⁹ operations a second.
// False when it is unknown, or when the device lacks the precision.
func (m *Model) Peak(p Precision) (giga int64, known bool) {
	f := m.Figures[Quantity(p)]
	if f == nil {
		return 0, false
	}
	return f.Value.thousandths()
}

func (m *Model) whole(q Quantity) (int64, bool) {
	f := m.Figures[q]
	if f == nil {
		return 0, false
	}
	thousandths, ok := f.Value.thousandths()
	return thousandths / 1000, ok
}

// Vendor (厂商) is who makes models.
type Vendor struct {
	ID string `yaml:"id"`
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

// Source (出处) is where figures were read.
type Source struct {
	ID        string     `yaml:"id"`
	Standing  Standing   `yaml:"standing"`
	Title     string     `yaml:"title"`
	Publisher string     `yaml:"publisher"`
	Address   string     `yaml:"address"`
	Read      clock.Date `yaml:"read"`
}

// Standing is how near a source is to whoever made the device.
type Standing string

// The closed set of standings, the best first.
const (
	Primary  Standing = "vendor"   // the vendor's own page, paper or software
	Operator Standing = "operator" // who runs the devices or sells them
	Bench    Standing = "test"     // who measured them
	Project  Standing = "project"  // software that drives them
	Press    Standing = "press"    // who reports what the vendor said
	Compiled Standing = "compiled" // who collects what others published
)
