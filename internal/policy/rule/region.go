package rule

import (
	"regexp"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Region names the place that a pack is for (region.yaml).
type Region struct {
	ID     string    `yaml:"id"`
	Name   i18n.Text `yaml:"name"`
	Places []Place   `yaml:"places"`
	// Decisions says who signs a decision letter, and what it says of objecting.
	Decisions Decisions `yaml:"decisions"`
	// Recovery is what the region sets for money that is asked back.
	Recovery Repayment `yaml:"recovery"`
}

// Decisions is the part of decision letters that a region words itself.
type Decisions struct {
	// Example says that the wording is nobody's yet; a letter then says so, and that it has no effect.
	Example bool      `yaml:"example"`
	Office  i18n.Text `yaml:"office"`
	// Remedy tells how to object and by when. No document of the pack says so: the
	// region's legal office words it.
	Remedy i18n.Text `yaml:"remedy"`
}

// Objecting is what a letter says of objecting, in the language of letters.
func (d Decisions) Objecting() string {
	if d.Example {
		return d.Remedy.ZH + "\n（以上异议办法是示例文字，尚未由本地区法制机构审定。）"
	}
	return d.Remedy.ZH
}

// Place is an administrative division by its GB/T 2260 code, or a new area by
// its own name, and the public purse that pays the local half there.
type Place struct {
	Code  string    `yaml:"code"`
	Name  i18n.Text `yaml:"name"`
	Purse i18n.Text `yaml:"purse"`
}

// Repayment is what none of the region's documents says of money that is asked
// back and that its letters and notices cannot do without.
type Repayment struct {
	Hearing  Hearing            `yaml:"hearing"`
	Accounts []ReceivingAccount `yaml:"accounts"`
}

// Hearing is the least time that a party has to state its view before anything
// is decided, with the law that it is taken from.
type Hearing struct {
	Days      int       `yaml:"days"` // working days; 0 where the pack sets none
	Source    i18n.Text `yaml:"source"`
	Confirmed bool      `yaml:"confirmed"` // by the region's legal office; pages say so while it is not
}

// MostHearingDays is a bound of forms, not a rule.
const MostHearingDays = 60

// ReceivingAccount is where money is paid back to a purse.
type ReceivingAccount struct {
	Purse   string `yaml:"purse"` // city-520100
	Holder  string `yaml:"holder"`
	Number  string `yaml:"number"`
	Bank    string `yaml:"bank"`
	Example bool   `yaml:"example"` // fiction: a letter says that nothing is paid there
}

// Account finds the account of a purse.
func (r Repayment) Account(purse string) (ReceivingAccount, bool) {
	i := slices.IndexFunc(r.Accounts, func(a ReceivingAccount) bool { return a.Purse == purse })
	if i < 0 {
		return ReceivingAccount{}, false
	}
	return r.Accounts[i], true
}

var (
	purseName     = regexp.MustCompile(`^(province|city|district)-[0-9a-z]{1,20}$`)
	accountNumber = regexp.MustCompile(`^[0-9]{8,32}$`)
)

func (r Repayment) validate(bad *fault.Collector) {
	add := func(zh, en string, args ...any) { bad.Add("region.yaml", zh, en, args...) }
	switch h := r.Hearing; {
	case h.Days < 0 || h.Days > MostHearingDays:
		add("recovery.hearing.days 应为 1 至 %d 个工作日。", "recovery.hearing.days is 1 to %d working days.", MostHearingDays)
	case h.Days > 0 && !complete(h.Source):
		add("recovery.hearing.source 须写明陈述期限出自哪里，中英文都要有。", "recovery.hearing.source names where the days come from, in both languages.")
	}
	for i, a := range r.Accounts {
		switch {
		case !purseName.MatchString(a.Purse):
			add("recovery.accounts 第 %[1]d 条的 purse“%.40[2]s”应如 city-520100。", "The purse %.40[2]q of recovery.accounts, entry %[1]d, is written like city-520100.", i+1, a.Purse)
		case !accountNumber.MatchString(a.Number) || a.Holder == "" || a.Bank == "":
			add("recovery.accounts 第 %d 条要有户名、开户行和 8 至 32 位数字的账号。", "Entry %d of recovery.accounts needs holder, bank and an account number of 8 to 32 digits.", i+1)
		case slices.ContainsFunc(r.Accounts[:i], func(b ReceivingAccount) bool { return a.Purse == b.Purse }):
			add("recovery.accounts 里 %.40s 写了两次。", "recovery.accounts names %.40s twice.", a.Purse)
		}
	}
}
