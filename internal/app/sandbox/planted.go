package sandbox

import (
	"fmt"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/policy/supervision"
)

// planted are frauds and near misses hidden among the honest, so that the page
// of alarms has something to decide on. Each stands on an application that
// waits for the office.
func (w *writer) planted() {
	switch w.index {
	case 46: // its audited cost rests on an invoice …
		w.amend("cost.model_construction", "invoice", "25522000000046005713")
	case 47: // … that somebody else had claimed, typed with blanks and in full width
		w.fact("cost.model_construction", evidence.Auditor, "2025-05-14", "校园大模型", "682400.00",
			attributes{"model": "校园大模型", "place": "520122", "invoice": "２５５２２０００ ００００ ４６００５７１３"})
	case 1383: // sells to 483, and the money goes back by way of 85
		w.purchase("2025-07-16", "4301200.00", w.all[85])
	case 85:
		w.purchase("2025-08-02", "4215300.00", w.all[483])
	case 1306: // applied in October on a filing that ran out in September
		w.amend("model.filed", "until", "2025-09-20")
	}
}

// amend adds an attribute to the facts of a kind.
func (w *writer) amend(kind, attribute, value string) {
	for i := range w.facts {
		if w.facts[i].Kind == kind {
			w.facts[i].Attributes[attribute] = value
		}
	}
}

func (w *writer) purchase(on clock.Date, yuan string, seller Organisation) {
	w.fact("data.purchased", evidence.Operator, on, "", yuan, attributes{"exchange": "guiyang", "use": "training", "seller": string(seller.Code), "related": "false"})
}

// OrgContact is a contact of one of the organisations.
type OrgContact struct {
	Index int // of the organisation
	supervision.Contact
}

// Contacts are who reaches whom where; invented, like everything here. A buyer
// and its seller have one phone; two applicants have one room.
func Contacts(all []Organisation) (out []OrgContact) {
	add := func(index int, means supervision.Means, value string) {
		out = append(out, OrgContact{index, supervision.Contact{Means: means, Value: value}})
	}
	for i := 0; i < len(all); i += 100 {
		add(i, supervision.Phone, fmt.Sprintf("0851-8%07d", 5500000+i))
		add(i, supervision.Address, fmt.Sprintf("贵阳市观山湖区演示路%d号%d室", 1+i/10, 101+i))
	}
	add(714, supervision.Phone, "139 0000 0714")
	add(1000, supervision.Phone, "+86-139-0000-0714")
	add(326, supervision.Address, "贵阳市南明区演示巷6号3栋1204室")
	add(566, supervision.Address, "贵阳市南明区演示巷 6 号 3 栋 1204 室")
	return out
}
