package rule

import (
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// What a region sets for money that is asked back is checked when the pack is read.
func TestWhatARegionSetsForMoneyAskedBack(t *testing.T) {
	const account = "{purse: city-520100, holder: 某财政局, number: \"6222000000000001\", bank: 某银行}"
	for name, c := range map[string]struct{ text, want string }{
		"good":                     {"{hearing: {days: 5, source: {zh: 某法, en: a law}}, accounts: [" + account + "]}", ""},
		"none":                     {"{}", ""},
		"days below one":           {"{hearing: {days: -1, source: {zh: 某法, en: a law}}}", "hearing.days"},
		"days that never end":      {"{hearing: {days: 61, source: {zh: 某法, en: a law}}}", "hearing.days"},
		"days from nowhere":        {"{hearing: {days: 5}}", "hearing.source"},
		"a purse of no level":      {"{accounts: [{purse: \"520100\", holder: 某, number: \"62220000\", bank: 某}]}", "purse"},
		"a number with letters":    {"{accounts: [{purse: city-520100, holder: 某, number: \"6222000x\", bank: 某}]}", "recovery.accounts"},
		"an account without bank":  {"{accounts: [{purse: city-520100, holder: 某, number: \"62220000\"}]}", "recovery.accounts"},
		"two accounts for a purse": {"{accounts: [" + account + ", " + account + "]}", "写了两次"},
	} {
		files := packFiles("x")
		files["region.yaml"].Data = []byte("id: test\nname: {zh: 试, en: test}\nrecovery: " + c.text + "\n")
		_, err := LoadPack(files)
		var said string
		if err != nil {
			for _, f := range fault.From(err).Fields {
				if f.Path == "region.yaml" {
					said += f.Message.ZH
				}
			}
		}
		if (said == "") != (c.want == "") || !strings.Contains(said, c.want) {
			t.Errorf("%s: said %q, want %q", name, said, c.want)
		}
	}
}
