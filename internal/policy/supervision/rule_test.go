package supervision_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/supervision"
)

// TestRulesAreReadStrictly breaks the shipped rules one way at a time; the
// fault names the rule and the place.
func TestRulesAreReadStrictly(t *testing.T) {
	raw, err := os.ReadFile("../../../regions/guizhou/alarms.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, fresh, says string }{
		{"a misspelt field", "severity: stop", "severty: stop", "severty"},
		{"an unknown kind", "kind: same_paper", "kind: same_papers", "alarms.yaml#same-invoice.kind"},
		{"an unknown severity", "severity: look", "severity: loud", "severity"},
		{"a rule twice", "id: same-contract", "id: same-invoice", "there twice"},
		{"an unknown fact kind", "kind: data.purchased, as: paper", "kind: data.bought, as: paper", "reads[0].kind"},
		{"an unknown attribute", "as: paper, attribute: invoice", "as: paper, attribute: invoices", "reads[0].attribute"},
		{"a role of another kind", "as: paper, attribute: invoice", "as: until, attribute: invoice", "reads nothing as"},
		{"a threshold without a why", "why: {zh: 不足六位的多是序号，不是票号, en: \"Shorter ones are running numbers, not an invoice's\"}", "why: {zh: \"\", en: \"\"}", "thresholds.least.why"},
		{"a threshold in another unit", "value: \"0.05\", unit: rate", "value: \"0.05\", unit: days", "thresholds.near.unit"},
		{"a float for a count", "least: {value: \"6\"", "least: {value: \"6.5\"", "thresholds.least.value"},
		{"a negative count", "least: {value: \"6\"", "least: {value: \"-6\"", "thresholds.least.value"},
		{"a threshold too many", "      least: {value: \"6\"", "      most: {value: \"6\", unit: count, why: {zh: 一, en: one}}\n      least: {value: \"6\"", "thresholds.most"},
		{"a rate of one", "tolerance: {value: \"0.15\"", "tolerance: {value: \"1\"", "below 1"},
		{"an amount of nothing", "floor: {value: \"50000.00\"", "floor: {value: \"0.00\"", "above zero"},
		{"a placeholder that is none", "{number} 被用了", "{nummer} 被用了", "{nummer}"},
		{"another party elsewhere", "as: issuer, attribute: seller}", "as: issuer, attribute: exchange}", "it has one"},
		{"values where none belong", "as: until, attribute: until}", "as: until, attribute: until, values: [x]}", "values"},
	} {
		t.Run(c.name, func(t *testing.T) {
			broken := strings.Replace(string(raw), c.old, c.fresh, 1)
			if broken == string(raw) {
				t.Fatal("the rules do not say that any more")
			}
			_, err := supervision.LoadRules(fstest.MapFS{"alarms.yaml": {Data: []byte(broken)}})
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("it was taken: %v", err)
			}
			text := err.Error()
			for _, f := range fault.From(err).Fields {
				text += "\n" + f.Path + ": " + f.Message.EN
			}
			if !strings.Contains(text, c.says) {
				t.Fatalf("it does not say %q:\n%s", c.says, text)
			}
		})
	}
	if rules, err := supervision.LoadRules(fstest.MapFS{}); err != nil || len(rules.Rules) != 0 {
		t.Fatalf("a pack without alarms.yaml gave %v", err)
	}
}

// TestTheAuthorsExampleHolds loads the rule that docs/rule-author.md teaches by.
func TestTheAuthorsExampleHolds(t *testing.T) {
	page, err := os.ReadFile("../../../docs/rule-author.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "```yaml file=alarms.yaml\n")
	example, _, ends := strings.Cut(rest, "```")
	rules, err := supervision.LoadRules(fstest.MapFS{"alarms.yaml": {Data: []byte(example)}})
	if !found || !ends || err != nil || len(rules.Rules) != 1 {
		t.Fatalf("the page's alarm rule does not load: %v", err)
	}
}

// TestContacts folds what is alike, keeps apart what is not, and shows little.
func TestContacts(t *testing.T) {
	key := []byte("k")
	print := func(means supervision.Means, value string) (fingerprint, masked string, as supervision.Means) {
		t.Helper()
		c, err := supervision.Contact{Means: means, Value: value}.Normalise()
		if err != nil {
			t.Fatalf("%s: %v", value, err)
		}
		return c.Fingerprint(key), c.Masked(), c.Means
	}
	for _, c := range []struct {
		means  supervision.Means
		values []string
		masked string
		as     supervision.Means
	}{
		{supervision.Phone, []string{"13985012345", "+86 139-8501-2345", "１３９８５０１２３４５", "0086(139)85012345"}, "139****2345", supervision.Phone},
		{supervision.Phone, []string{"0851-85861234", "0851 8586 1234"}, "085****1234", supervision.Phone},
		{supervision.Email, []string{"Boss@Example.cn", " boss@example.cn"}, "b***@example.cn", supervision.Email},
		{supervision.Person, []string{"52010219800101123x", "52010219800101123X"}, "520***********123X", supervision.Person},
		{supervision.Address, []string{"贵阳市观山湖区甲秀路6号3栋1204室", "贵阳市 观山湖区 甲秀路6号 3栋1204"}, "贵阳市观山湖区甲秀***", supervision.Address},
		{supervision.Address, []string{"贵阳市观山湖区会展城A座", "贵阳市观山湖区会展城Ａ座"}, "贵阳市观山湖***", supervision.Building},
	} {
		first, _, _ := print(c.means, c.values[0])
		for _, value := range c.values {
			fingerprint, masked, as := print(c.means, value)
			if fingerprint != first || masked != c.masked || as != c.as {
				t.Errorf("%s: %s %s %s, want %s %s", value, fingerprint, masked, as, c.masked, c.as)
			}
		}
	}
	phone, _, _ := print(supervision.Phone, "13985012345")
	other, _, _ := print(supervision.Phone, "13985012346")
	c, _ := supervision.Contact{Means: supervision.Phone, Value: "13985012345"}.Normalise()
	if phone == other || phone == c.Fingerprint([]byte("another installation")) {
		t.Error("unlike contacts, or unlike keys, have one fingerprint")
	}
	for means, value := range map[supervision.Means]string{supervision.Phone: "12345", supervision.Email: "nobody", supervision.Person: "张三", supervision.Address: "贵阳", "fax": "13985012345"} {
		if _, err := (supervision.Contact{Means: means, Value: value}).Normalise(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s %q was taken", means, value)
		}
	}
}
