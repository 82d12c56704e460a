package main

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"

	"github.com/parquet-go/parquet-go"

	"github.com/qianmo/qianmo/internal/platform/ident"
)

// organisation is one row of the population. A nil cell is a missing fact.
// Money is fen in DECIMAL(18,2).
type organisation struct {
	Code         string  `parquet:"code"`
	Kind         *string `parquet:"kind,optional,dict"`
	Place        *string `parquet:"org.registration.place,optional,dict"`
	LegalPerson  *bool   `parquet:"org.registration.legal_person,optional"`
	Sound        *bool   `parquet:"org.finance_system.sound,optional"`
	Good         *bool   `parquet:"org.credit.good,optional"`
	Filing       *string `parquet:"model.filed.kind,optional,dict"`
	FilingStatus *string `parquet:"model.filed.status,optional,dict"`
	ModelPlace   *string `parquet:"cost.model_construction.place,optional,dict"`
	ModelCost    *int64  `parquet:"cost.model_construction.quantity,optional,decimal(2:18)"`
	SceneMeasure *string `parquet:"scenario.selected.measure,optional,dict"`
	SceneYear    *string `parquet:"scenario.selected.year,optional,dict"`
	Field        *string `parquet:"cost.scenario_investment.field,optional,dict"`
	SceneCost    *int64  `parquet:"cost.scenario_investment.quantity,optional,decimal(2:18)"`
	Level        *string `parquet:"platform.certified.level,optional,dict"`
	HubMeasure   *string `parquet:"platform.selected.measure,optional,dict"`
	HubYear      *string `parquet:"platform.selected.year,optional,dict"`
	HubPlace     *string `parquet:"cost.platform_investment.place,optional,dict"`
	HubCost      *int64  `parquet:"cost.platform_investment.quantity,optional,decimal(2:18)"`
	Exchange     *string `parquet:"data.purchased.exchange,optional,dict"`
	Use          *string `parquet:"data.purchased.use,optional,dict"`
	Related      *bool   `parquet:"data.purchased.related,optional"`
	Purchases    *int64  `parquet:"data.purchased.quantity,optional,decimal(2:18)"`
	PaidMeasure  *string `parquet:"support.paid.measure,optional,dict"`
	Paid         *int64  `parquet:"support.paid.quantity,optional,decimal(2:18)"`
}

// crowd draws organisations, the same for the same seed: 1 to 30% of cells
// missing, 1% of amounts on a boundary (thresholds and caps −1, 0, +1; 2^53 and
// its neighbours; the largest amount).
type crowd struct{ rng *rand.Rand }

func newCrowd(seed uint64) *crowd { return &crowd{rand.New(rand.NewPCG(seed, 20))} }

func (c *crowd) next(i int) organisation {
	first := fmt.Sprintf("91520115MA%07d", i)
	return organisation{
		Code:        first + string(ident.CreditCheck(first)),
		Kind:        c.pick(1, "enterprise", "enterprise", "enterprise", "enterprise", "university", "institute", "public"),
		Place:       c.pick(2, "520115", "520102", "520103", "520111", "520181", "guian", "520100", "110108", "522601"),
		LegalPerson: c.yes(3, 95), Sound: c.yes(8, 90), Good: c.yes(6, 92),
		Filing:       c.pick(10, "deep_synthesis_algorithm", "deep_synthesis_algorithm", "generative_ai_service", "registration"),
		FilingStatus: c.pick(10, "passed", "passed", "passed", "reviewing", "revoked"),
		ModelPlace:   c.pick(5, "520115", "guian", "520102", "110108"), ModelCost: c.money(12, 60_000_000_00),
		SceneMeasure: c.pick(20, "002-3", "002-3", "000-9"), SceneYear: c.pick(4, "2025", "2025", "2024"),
		Field:     c.pick(7, "manufacturing", "finance", "transport", "health", "education", "commerce", "culture_tourism", "meteorology", "water"),
		SceneCost: c.money(15, 20_000_000_00),
		Level:     c.pick(9, "city", "province", "nation"), HubMeasure: c.pick(30, "002-4", "002-4", "002-3"), HubYear: c.pick(4, "2025", "2025", "2024"),
		HubPlace: c.pick(5, "520115", "guian", "520181", "522601"), HubCost: c.money(10, 30_000_000_00),
		Exchange: c.pick(6, "guiyang", "guiyang", "guizhou", "shanghai"), Use: c.pick(6, "training", "training", "training", "marketing"),
		Related: c.yes(5, 15), Purchases: c.money(9, 80_000_000_00),
		PaidMeasure: c.pick(2, "002-2", "002-6", "city-seed"), Paid: c.money(85, 500_000_00),
	}
}

func (c *crowd) missing(percent int) bool { return c.rng.IntN(100) < percent }

func (c *crowd) pick(missing int, values ...string) *string {
	v := values[c.rng.IntN(len(values))]
	if c.missing(missing) {
		return nil
	}
	return &v
}

func (c *crowd) yes(missing, percent int) *bool {
	v := c.rng.IntN(100) < percent
	if c.missing(missing) {
		return nil
	}
	return &v
}

// boundaries in fen: threshold and caps of the four measures, 2^53, the bound.
var boundaries = []int64{500_000_000, 1_666_666_667, 500_000_000, 1_000_000_000, 5_000_000_000, 1 << 53, 999_999_999_999_999_998}

func (c *crowd) money(missing int, top int64) *int64 {
	v := c.rng.Int64N(top)
	if c.rng.IntN(100) == 0 {
		v = boundaries[c.rng.IntN(len(boundaries))] + int64(c.rng.IntN(3)) - 1
	}
	if c.missing(missing) {
		return nil
	}
	return &v
}

// rowGroup is how many organisations stand in a row group.
const rowGroup = 131_072

func generate(path string, rows int, seed uint64) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w := parquet.NewGenericWriter[organisation](file, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(rowGroup))
	c := newCrowd(seed)
	batch := make([]organisation, 0, 4096)
	for i := range rows {
		batch = append(batch, c.next(i))
		if len(batch) == cap(batch) || i == rows-1 {
			if _, err := w.Write(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return w.Close()
}

// oracle computes what is right with math/big from the drawn organisations
// themselves: it shares no code with the engine and does not read the file.
func oracle(path string, rows int, seed uint64) error {
	c := newCrowd(seed)
	buffer := make([]byte, 0, rows*8*fields)
	for i := range rows {
		o := c.next(i)
		total, city := new(big.Int), new(big.Int)
		for _, amount := range []*big.Int{o.training(), o.scene(), o.hub(), o.purchases()} {
			buffer = binary.LittleEndian.AppendUint64(buffer, uint64(amount.Int64()))
			total.Add(total, amount)
			city.Add(city, new(big.Int).Div(amount, big.NewInt(2)))
		}
		buffer = binary.LittleEndian.AppendUint64(buffer, uint64(total.Int64()))
		buffer = binary.LittleEndian.AppendUint64(buffer, uint64(city.Int64()))
	}
	return os.WriteFile(path, buffer, 0o600)
}

func is(cell *string, values ...string) bool { return cell != nil && slices.Contains(values, *cell) }
func yes(cell *bool) bool                    { return cell != nil && *cell }

func here(place *string) bool {
	return is(place, "guian", "520100", "520102", "520103", "520111", "520112", "520113", "520115", "520181")
}

// gate is clause 8(2) under the 2025 example guide: enterprises meet all four,
// others are exempt (A16).
func (o organisation) gate() bool {
	if o.Kind == nil {
		return here(o.Place) && yes(o.LegalPerson) && yes(o.Sound) && yes(o.Good)
	}
	return *o.Kind != "enterprise" || (here(o.Place) && yes(o.LegalPerson) && yes(o.Sound) && yes(o.Good))
}

// pay is min(base × num / den, cap) less what was paid, never below zero.
func pay(base *int64, num, den, limit int64, paid *int64) *big.Int {
	amount := new(big.Int).Mul(big.NewInt(*base), big.NewInt(num))
	amount.Div(amount, big.NewInt(den))
	if top := big.NewInt(limit); amount.Cmp(top) > 0 {
		amount = top
	}
	if paid != nil {
		amount.Sub(amount, big.NewInt(*paid))
	}
	if amount.Sign() < 0 {
		return new(big.Int)
	}
	return amount
}

func (o organisation) training() *big.Int {
	if !is(o.Kind, "enterprise", "university", "institute") || !o.gate() || !is(o.Filing, "deep_synthesis_algorithm") || !is(o.FilingStatus, "passed") ||
		!here(o.ModelPlace) || o.ModelCost == nil {
		return new(big.Int)
	}
	return pay(o.ModelCost, 30, 100, 5_000_000_00, o.Paid)
}

func (o organisation) scene() *big.Int {
	if o.Kind == nil || !o.gate() || !is(o.SceneMeasure, "002-3") || !is(o.SceneYear, "2025") || o.SceneCost == nil ||
		!is(o.Field, "manufacturing", "finance", "transport", "health", "education", "commerce", "culture_tourism") {
		return new(big.Int)
	}
	return pay(o.SceneCost, 20, 100, 1_000_000_00, o.Paid)
}

func (o organisation) hub() *big.Int {
	if !is(o.Kind, "enterprise") || !o.gate() || !is(o.Level, "city", "province", "nation") || !is(o.HubMeasure, "002-4") || !is(o.HubYear, "2025") ||
		!here(o.HubPlace) || o.HubCost == nil {
		return new(big.Int)
	}
	return pay(o.HubCost, 10, 100, 1_000_000_00, o.Paid)
}

func (o organisation) purchases() *big.Int {
	if !is(o.Kind, "enterprise") || !o.gate() || !is(o.Exchange, "guiyang") || !is(o.Use, "training") || o.Related == nil || *o.Related ||
		o.Purchases == nil || *o.Purchases <= 5_000_000_00 {
		return new(big.Int)
	}
	paid := o.Paid
	switch {
	case paid != nil && o.PaidMeasure == nil:
		return new(big.Int) // paid for something that nobody named: lacking
	case !is(o.PaidMeasure, "002-6"):
		paid = nil
	}
	return pay(o.Purchases, 1, 100, 500_000_00, paid)
}
