package message_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/message/webhook"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

func (b *bench) endpoint() (message.Endpoint, string) {
	b.t.Helper()
	e, secret, err := b.AddEndpoint(b.t.Context(), firm, b.pushes.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	return e, secret
}

func (b *bench) last(e message.Endpoint) message.Push {
	b.t.Helper()
	all, err := b.Pushes(b.t.Context(), e.Org, e.ID)
	if err != nil || len(all) == 0 {
		b.t.Fatal(len(all), err)
	}
	return all[0]
}

func TestAnOrganisationsSystemIsTold(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		e, secret := b.endpoint()
		id := b.post("k", "paid", message.ToOrganisation(firm), message.ToRole("finance"))
		b.post("other", "paid", message.ToOrganisation(other))
		b.post("person", "paid", message.ToPerson("luo")) // a person's own affair
		if how := b.work(1); how["done"] != 1 {
			t.Fatal(how)
		}
		got := b.pushes.all()
		if len(got) != 1 {
			t.Fatalf("%d pushes", len(got))
		}
		p := b.last(e)
		h := got[0].header
		if h.Get(webhook.HeaderSignature) != webhook.Sign(secret, h.Get(webhook.HeaderTimestamp), got[0].body) || h.Get(webhook.HeaderID) != p.ID {
			t.Errorf("headers %v", h)
		}
		var body map[string]any
		if err := json.Unmarshal(got[0].body, &body); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]any{"id": p.ID, "message": id, "topic": "paid", "org": string(firm), "link": "https://ai.example.gov.cn/applications/app_1", "at": "2025-10-22T00:15:00Z"} {
			if body[name] != want {
				t.Errorf("%s: %v, want %v", name, body[name], want)
			}
		}
		if p.State != message.Sent || p.Answer != (message.Answer{Status: 200, Body: "收到"}) || p.Attempts != 1 {
			t.Errorf("got %+v", p)
		}
	})
}

func TestWhatTheReceiverAnswers(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		e, _ := b.endpoint()
		b.pushes.answers(http.StatusInternalServerError)
		b.post("k", "paid", message.ToOrganisation(firm))
		if how := b.work(1); how["retried"] != 1 {
			t.Fatal(how)
		}
		if p := b.last(e); p.State != message.Waiting || p.Answer.Status != 500 || p.Reason != "HTTP 500" {
			t.Errorf("after one attempt: %+v", p)
		}
		b.pushes.answers(http.StatusAccepted)
		b.clock.Advance(time.Hour)
		b.work(1)
		if p := b.last(e); p.State != message.Sent || p.Attempts != 2 || p.Answer.Status != 202 || p.Reason != "" {
			t.Errorf("after two: %+v", p)
		}
		both := b.pushes.all()
		if both[0].header.Get(webhook.HeaderID) != both[1].header.Get(webhook.HeaderID) || both[0].header.Get(webhook.HeaderTimestamp) == both[1].header.Get(webhook.HeaderTimestamp) {
			t.Error("the attempts of one push have one id and each its own time")
		}

		b.pushes.answers(http.StatusGone)
		b.post("k2", "paid", message.ToOrganisation(firm))
		b.post("k3", "paid", message.ToOrganisation(firm))
		if how := b.work(2); how["failed"] == 0 {
			t.Fatal(how)
		}
		all, err := b.Endpoints(t.Context(), firm)
		if err != nil || all[0].Active || all[0].Reason != "410" {
			t.Errorf("got %+v, %v", all, err)
		}
		n := len(b.pushes.all())
		b.post("k4", "paid", message.ToOrganisation(firm))
		if counts, err := b.Queue.Count(t.Context()); err != nil || counts["waiting"] != 0 || len(b.pushes.all()) != n {
			t.Errorf("pushed to an endpoint that is gone: %v, %v", counts, err)
		}
		if _, err := b.ChangeEndpoint(t.Context(), firm, e.ID, b.pushes.URL, true); err != nil {
			t.Fatal(err)
		}
		b.pushes.answers(http.StatusOK)
		b.post("k5", "paid", message.ToOrganisation(firm))
		b.work(1)
		if p := b.last(e); p.State != message.Sent {
			t.Errorf("switched on again: %+v", p)
		}
	})
}

func TestManagingEndpoints(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		e, secret := b.endpoint()
		if !strings.HasPrefix(secret, "qms_") || len(secret) < 60 {
			t.Errorf("secret of %d characters", len(secret))
		}
		// A test is one attempt, whose failure is the manager's to see.
		b.pushes.answers(http.StatusTeapot)
		if _, err := b.TestEndpoint(ctx, firm, e.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := b.TestEndpoint(ctx, firm, e.ID); !fault.Is(err, fault.RateLimited) {
			t.Errorf("two tests at once: %v", err)
		}
		if how := b.work(1); how["done"] != 1 {
			t.Fatal(how)
		}
		if p := b.last(e); p.State != message.Failed || p.Answer.Status != 418 || p.Message != "" {
			t.Errorf("test: %+v", p)
		}
		b.pushes.answers(http.StatusOK)
		if _, err := b.TestEndpoint(ctx, firm, e.ID); err != nil {
			t.Fatal(err)
		}
		_, second, err := b.RotateSecret(ctx, firm, e.ID)
		if err != nil || second == secret {
			t.Fatal(err)
		}
		b.work(1)
		all := b.pushes.all()
		h, body := all[len(all)-1].header, all[len(all)-1].body
		if h.Get(webhook.HeaderSignature) != webhook.Sign(second, h.Get(webhook.HeaderTimestamp), body) || !strings.Contains(string(body), `"topic":"test"`) {
			t.Errorf("the last test: %v %s", h, body)
		}

		for name, err := range map[string]error{
			"change": failed(b.ChangeEndpoint(ctx, other, e.ID, b.pushes.URL, false)), "remove": b.RemoveEndpoint(ctx, other, e.ID), "test": failed(b.TestEndpoint(ctx, other, e.ID)),
			"pushes": failed(b.Pushes(ctx, other, e.ID)), "rotate": func() error { _, _, err := b.RotateSecret(ctx, other, e.ID); return err }(),
		} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s another's: %v", name, err)
			}
		}
		for _, bad := range []string{"http://oa.example.cn", "https://10.0.0.1/x", "x"} {
			if _, _, err := b.AddEndpoint(ctx, firm, bad); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "url:") {
				t.Errorf("%s: %v", bad, err)
			}
		}
		for range 4 {
			b.endpoint()
		}
		if _, _, err := b.AddEndpoint(ctx, firm, b.pushes.URL); !fault.Is(err, fault.Conflict) {
			t.Errorf("a sixth: %v", err)
		}
		b.post("k", "paid", message.ToOrganisation(firm))
		if err := b.RemoveEndpoint(ctx, firm, e.ID); err != nil {
			t.Fatal(err)
		}
		before := len(b.pushes.all())
		if how := b.work(5); how["done"] != 5 || len(b.pushes.all()) != before+4 {
			t.Errorf("%v, %d pushed", how, len(b.pushes.all())-before)
		}
	})
}

func failed[T any](_ T, err error) error { return err }

func TestWhatWasReadIsKeptForItsTime(t *testing.T) {
	b := newBench(t, dbtest.Postgres(t))
	b.post("old", "quiet", message.ToOrganisation(firm))
	d := b.inbox("luo")[0]
	if err := b.SetRead(t.Context(), "luo", d.ID, true); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(b.Keep)
	if err := b.Prune(t.Context()); err != nil || len(b.inbox("luo")) != 1 {
		t.Errorf("at the very age: %d, %v", len(b.inbox("luo")), err)
	}
	b.clock.Advance(time.Second)
	if err := b.Prune(t.Context()); err != nil || len(b.inbox("luo")) != 0 || len(b.inbox("shi")) != 1 {
		t.Errorf("after it: %d of luo's, %d of shi's, %v", len(b.inbox("luo")), len(b.inbox("shi")), err)
	}
	b.post("old", "quiet", message.ToOrganisation(firm))
	if len(b.inbox("luo")) != 0 {
		t.Error("a pruned message was told again")
	}
}
