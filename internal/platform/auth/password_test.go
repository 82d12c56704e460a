package auth

import (
	"context"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

func TestPasswordsAreKeptAndChecked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		p := newPasswords(d, clock.System{})
		hash, err := p.Hash(ctx, "山中何所有 岭上多白云")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(hash), "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("got %s", hash)
		}
		if err := p.Keep(ctx, "person_1", hash); err != nil {
			t.Fatal(err)
		}
		for password, want := range map[Secret]bool{
			"山中何所有 岭上多白云":                     true,
			"山中何所有\u3000岭上多白云":                true, // a full-width space is the same under NFKC
			"山中何所有 岭上多白雨":                     false,
			"":                                false,
			Secret(strings.Repeat("x", 1000)): false,
		} {
			if got, err := p.Check(ctx, "person_1", password); err != nil || got != want {
				t.Errorf("%d characters: %v, %v", len(password), got, err)
			}
		}
		for _, subject := range []string{"", "person_2"} {
			if got, err := p.Check(ctx, subject, "山中何所有 岭上多白云"); err != nil || got {
				t.Errorf("%q: %v, %v", subject, got, err)
			}
		}
	})
}

func TestParametersOfOldHashesAreRaisedAtSignIn(t *testing.T) {
	ctx := t.Context()
	d := dbtest.SQLite(t)
	old := newPasswords(d, clock.System{})
	old.cost = cost{memory: 8 * 1024, passes: 1, threads: 1}
	hash, err := old.Hash(ctx, "four unrelated words here")
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Keep(ctx, "person_1", hash); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if ok, err := newPasswords(d, clock.System{}).Check(ctx, "person_1", "four unrelated words here"); err != nil || !ok {
			t.Fatal(ok, err)
		}
	}
	var kept string
	if err := d.Q(ctx).QueryRowContext(ctx, `select hash from auth_password`).Scan(&kept); err != nil {
		t.Fatal(err)
	}
	if c, _, _, ok := parseHash(kept); !ok || c != present {
		t.Errorf("kept %+v", c)
	}
}

// A wrong login must cost the hash that a wrong password costs. The slots
// without room show whether hashing is reached, with no clock involved.
func TestUnknownSubjectsCostAHashToo(t *testing.T) {
	for name, c := range map[string]struct {
		subject  string
		password Secret
	}{
		"unknown subject":   {"person_2", "wrong"},
		"no subject":        {"", "wrong"},
		"absurdly long try": {"person_1", Secret(strings.Repeat("x", MaxPassword+1))},
		"known subject":     {"person_1", "wrong"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPasswords(dbtest.SQLite(t), clock.System{})
			hash, err := p.Hash(t.Context(), "four unrelated words here")
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Keep(t.Context(), "person_1", hash); err != nil {
				t.Fatal(err)
			}
			p.slots = make(chan struct{})
			answered := make(chan error, 1)
			go func() {
				_, err := p.Check(t.Context(), c.subject, c.password)
				answered <- err
			}()
			select {
			case <-p.slots:
				p.slots <- struct{}{}
				if err := <-answered; err != nil {
					t.Error(err)
				}
			case err := <-answered:
				t.Errorf("answered without hashing: %v", err)
			}
		})
	}
}

func TestHashingIsBoundedAndGivesUpWithTheCaller(t *testing.T) {
	p := newPasswords(dbtest.SQLite(t), clock.System{})
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Hash(ctx, "four unrelated words here"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v", err)
	}
}

func TestParseHashRefusesOthers(t *testing.T) {
	for _, s := range []string{"", "x", "$2a$10$abc", "$argon2i$v=19$m=1,t=1,p=1$AA$AA", "$argon2id$v=18$m=1,t=1,p=1$AA$AA", "$argon2id$v=19$m=x$AA$AA", "$argon2id$v=19$m=1,t=1,p=1$!$AA", "$argon2id$v=19$m=1,t=1,p=1$AA$"} {
		if _, _, _, ok := parseHash(s); ok {
			t.Errorf("%q was read", s)
		}
	}
}

func TestAcceptable(t *testing.T) {
	for password, want := range map[Secret]string{
		"correct horse battery staple":      "",
		"四面青山侧耳听是何人在唱":                      "",
		"tr0mbone/kettle/9":                 "",
		"short":                             "at least 10",
		"短短短短短短短短短":                         "at least 10",
		Secret(strings.Repeat("ab c1", 60)): "at most 256",
		"password123":                       "too common",
		"P@ssw0rd!!2024":                    "too common",
		"QwertyUiop1":                       "too common",
		"iloveyou-iloveyou":                 "too common",
		"dragonmonkey99":                    "too common",
		"1990-01-01!":                       "too common",
		"黔模-黔模-黔模25":                        "little more than",
		"aaaaaaaaaaaaaaaa":                  "repetition",
		"abcdabcdabcd":                      "repetition",
		"ghijklmnopqrs":                     "repetition",
		"6543210/.-,+":                      "repetition",
		"asdfghjklzxc":                      "repetition",
		"zhangwei.sf2025":                   "little more than",
		"2025贵阳大数据公司":                       "little more than",
		"QianmoQianmo1":                     "too common",
	} {
		err := Acceptable("password", password, "zhangwei.sf", "贵阳大数据公司", "x")
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %v", string(password), err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: got %v, want %s", string(password), err, want)
		case err != nil && strings.Contains(err.Error(), string(password)):
			t.Errorf("the fault repeats the password: %v", err)
		}
	}
	if lists := common(); len(lists.whole) < 1000 || len(lists.words) < 3000 {
		t.Errorf("the list has %d entries and %d words", len(lists.whole), len(lists.words))
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	s := Secret("sesame")
	for _, text := range []string{s.String(), s.GoString(), s.LogValue().String()} {
		if strings.Contains(text, "sesame") {
			t.Errorf("got %s", text)
		}
	}
}
