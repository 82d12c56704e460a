package ident

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Codes that China's registries issued, as the companies publish them.
var issued = []string{
	"914403001922038216", // 华为技术有限公司
	"9144030071526726XG", // 腾讯科技（深圳）有限公司
	"91330100799655058B", // 阿里巴巴（中国）有限公司
}

// check is a second reading of GB 32100-2015, with the weights of its table.
func check(first17 string) byte {
	weights := []int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
	letters := "ABCDEFGHJKLMNPQRTUWXY"
	sum := 0
	for i, c := range first17 {
		v := int(c - '0')
		if c > '9' {
			v = 10 + strings.IndexRune(letters, c)
		}
		sum += v * weights[i]
	}
	switch v := 31 - sum%31; {
	case v == 31:
		return '0'
	case v < 10:
		return byte('0' + v)
	default:
		return letters[v-10]
	}
}

func TestIssuedCreditCodesAreAccepted(t *testing.T) {
	for _, code := range issued {
		if got, err := ParseCreditCode(code); err != nil || string(got) != code {
			t.Errorf("%s: %v (by the table: %c)", code, err, check(code[:17]))
		}
	}
}

func TestCreditCodesThatAreRefused(t *testing.T) {
	good := issued[0]
	for _, bad := range []string{"", good[:17], good + "0", strings.ToLower(issued[2]), " " + good[:17], "I" + good[1:], "O" + good[1:], "华为技术有限", good[:17] + "\x00", good[1:2] + good[0:1] + good[2:]} {
		if got, err := ParseCreditCode(bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q gave %q, %v", bad, got, err)
		}
	}
}

func TestCheckCharacter(t *testing.T) {
	first17 := rapid.StringOfN(rapid.RuneFrom([]rune(creditAlphabet)), 17, 17, -1)
	rapid.Check(t, func(t *rapid.T) {
		body := first17.Draw(t, "first 17")
		want := check(body)
		if got := CreditCheck(body); got != want {
			t.Fatalf("%s: %c, want %c", body, got, want)
		}
		code := body + string(want)
		if _, err := ParseCreditCode(code); err != nil {
			t.Fatal(err)
		}
		// A slip of one character never passes.
		at := rapid.IntRange(0, 17).Draw(t, "at")
		other := creditAlphabet[rapid.IntRange(0, 30).Draw(t, "other")]
		if slip := code[:at] + string(other) + code[at+1:]; slip != code {
			if _, err := ParseCreditCode(slip); !fault.Is(err, fault.Invalid) {
				t.Fatalf("%s passed beside %s", slip, code)
			}
		}
	})
}

func FuzzParseCreditCode(f *testing.F) {
	for _, seed := range append(issued, "", "91440300192203821I", "华为技术有限", "914403001922038217") {
		f.Add(seed)
	}
	form := regexp.MustCompile(`^[0-9A-HJ-NP-RTUW-Y]{18}$`)
	f.Fuzz(func(t *testing.T, s string) {
		code, err := ParseCreditCode(s)
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		if good := form.MatchString(s) && s[17] == check(s[:17]); good != (err == nil) || (good && string(code) != s) {
			t.Fatalf("%q: %q, %v", s, code, err)
		}
	})
}

func TestRandomIdsSortByTimeAndDiffer(t *testing.T) {
	var before string
	seen := map[string]bool{}
	for range 50 {
		id := Random{}.New("app")
		if !regexp.MustCompile(`^app_[0-9a-v]{24}$`).MatchString(id) || seen[id] {
			t.Fatalf("%q", id)
		}
		if stamp := id[4:13]; stamp < before { // 45 of the 48 bits of time
			t.Fatalf("%q after %q", stamp, before)
		} else {
			before = stamp
		}
		seen[id] = true
	}
	if time.Now().UnixMilli()>>48 != 0 {
		t.Fatal("48 bits no longer hold the time")
	}
}

func TestSequenceCountsOnceEach(t *testing.T) {
	var s Sequence
	var mu sync.Mutex
	var ids []string
	var takers sync.WaitGroup
	for range 4 {
		takers.Go(func() {
			for range 25 {
				id := s.New("x")
				mu.Lock()
				ids = append(ids, id)
				mu.Unlock()
			}
		})
	}
	takers.Wait()
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) != 100 || ids[0] != "x_0000000001" || ids[99] != "x_0000000100" {
		t.Fatalf("%d ids, %s to %s", len(ids), ids[0], ids[len(ids)-1])
	}
}

func TestSecretsHaveTheirLengthAndDiffer(t *testing.T) {
	a, b := Secret(20), Secret(20)
	if !regexp.MustCompile(`^[a-z2-7]{32}$`).MatchString(a) || a == b {
		t.Fatalf("%q %q", a, b)
	}
}
