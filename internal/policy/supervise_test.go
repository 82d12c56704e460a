package policy_test

import (
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/payment"
	"github.com/qianmo/qianmo/internal/policy/supervision"
)

// TestAnAlarmStandsInTheWay lets an invoice of another firm bar the approval,
// until two people have dismissed the alarm; one that comes after the approval
// bars the second signature.
func TestAnAlarmStandsInTheWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, books := openCounter(t, d, guizhou(t))
		ctx := t.Context()
		first, other := h.firm(1), h.firm(2)
		invoice := func(n string) map[string]string { return map[string]string{"invoice": n} }
		h.offer(first, "002-2", "m", 10_000_000, invoice("25522000000046005713"))
		a := h.submitted(t, first, "002-2", "m")
		theft := func(n string) {
			h.append(evidence.Fact{Kind: "cost.model_construction", Subject: other, Object: "x", Quantity: "1.00", Occurred: "2025-05-01", Attestor: evidence.Auditor,
				Attributes: map[string]string{"invoice": n, "place": "520115"}})
		}
		theft("2552 2000 0000 4600 5713")

		refused := func(action, says string) {
			t.Helper()
			err := h.act(t, a.ID, action)
			if !fault.Is(err, fault.Conflict) || !strings.Contains(fault.From(err).Message.EN, says) || !strings.Contains(fault.From(err).Message.EN, "25522000000046005713") {
				t.Fatalf("%s gave %v", action, err)
			}
		}
		refused("approve", "Dispose of it under Alarms first")
		shown, err := h.Case(ctx, officer, a.ID)
		if err != nil || len(shown.Alarms) != 1 || !shown.Alarms[0].Blocks || shown.Alarms[0].State != supervision.Open {
			t.Fatalf("%v %+v", err, shown.Alarms)
		}
		if own, err := h.Case(ctx, policy.Actor{Person: "p", Role: "org_manager", Org: first}, a.ID); err != nil || len(own.Alarms) != 0 {
			t.Fatalf("the applicant sees %v %v", own.Alarms, err)
		}
		alarm := shown.Alarms[0].ID
		office, finance := supervision.Actor{Person: "per_office", Role: "office"}, supervision.Actor{Person: "per_finance", Role: "finance"}
		if _, err := h.alarms.Dismiss(ctx, office, supervision.DisposeInput{ID: alarm, Version: 1, Reason: "已核对原件"}); err != nil {
			t.Fatal(err)
		}
		refused("approve", "waits for a second person")
		if _, err := h.alarms.Answer(ctx, office, supervision.DisposeInput{ID: alarm, Version: 2, Reason: "自己同意", Agree: true}); !fault.Is(err, fault.Forbidden) {
			t.Fatalf("one person did both: %v", err)
		}
		if _, err := h.alarms.Answer(ctx, finance, supervision.DisposeInput{ID: alarm, Version: 2, Reason: "同意", Agree: true}); err != nil {
			t.Fatal(err)
		}
		if err := h.act(t, a.ID, "approve"); err != nil {
			t.Fatal(err)
		}
		h.answer(t, books, true)
		order := payment.Order{Case: a.ID, Org: first}
		if err := (policy.Orders{Service: h.Service}).Payable(ctx, order); err != nil {
			t.Fatal(err)
		}

		h.append(evidence.Fact{Kind: "cost.model_construction", Subject: h.firm(3), Object: "y", Quantity: "1.00", Occurred: "2025-05-02", Attestor: evidence.Auditor,
			Attributes: map[string]string{"invoice": "25522000000046005713", "place": "520115"}}) // a third claim: other facts, another alarm
		refused("countersign", "Dispose of it under Alarms first")
		if err := (policy.Orders{Service: h.Service}).Payable(ctx, order); !fault.Is(err, fault.Conflict) {
			t.Fatalf("an order may go out under an open alarm: %v", err)
		}
		list, err := h.alarms.Of(ctx, a.ID)
		if err != nil || len(list) != 2 {
			t.Fatalf("%v %+v", err, list)
		}
		for _, one := range list {
			if one.State == supervision.Open {
				if _, err := h.alarms.Confirm(ctx, office, supervision.DisposeInput{ID: one.ID, Version: one.Version, Reason: "属实", Follow: supervision.Refuse}); err != nil {
					t.Fatal(err)
				}
			}
		}
		refused("countersign", "refuse the application")
	})
}

// TestAlarmsFollowTheFacts raises once, lapses when the facts are corrected,
// raises anew on new facts, and comes out again when everything is run again.
func TestAlarmsFollowTheFacts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, _ := openCounter(t, d, guizhou(t))
		ctx := t.Context()
		first, other := h.firm(1), h.firm(2)
		h.offer(first, "002-2", "m", 10_000_000, map[string]string{"invoice": "25522000000046005713"})
		a := h.submitted(t, first, "002-2", "m")
		theirs := evidence.Fact{ID: "theirs", Kind: "cost.model_construction", Subject: other, Object: "x", Quantity: "1.00", Occurred: "2025-05-01", Attestor: evidence.Auditor,
			Attributes: map[string]string{"invoice": "25522000000046005713", "place": "520115"}}
		h.append(theirs)
		states := func(want ...supervision.State) []supervision.Alarm {
			t.Helper()
			for range 2 { // the second look changes nothing
				if err := h.alarms.Look(ctx); err != nil {
					t.Fatal(err)
				}
			}
			list, err := h.alarms.Of(ctx, a.ID)
			if err != nil || len(list) != len(want) {
				t.Fatalf("%v %+v", err, list)
			}
			for i := range list {
				if list[i].State != want[i] {
					t.Fatalf("alarm %d is %s, want %s", i, list[i].State, want[i])
				}
			}
			again, err := h.alarms.Rerun(ctx)
			if err != nil || !again.Identical || again.Cases != 1 {
				t.Fatalf("run again: %v %+v", err, again)
			}
			return list
		}
		raised := states(supervision.Open)[0]
		corrected := theirs
		corrected.ID, corrected.Corrects, corrected.Attributes = "corrected", "theirs", map[string]string{"invoice": "99522000000046005713", "place": "520115"}
		h.append(corrected)
		states(supervision.Lapsed)
		if err := h.act(t, a.ID, "approve"); err != nil {
			t.Fatalf("a lapsed alarm stands in the way: %v", err)
		}
		back := corrected
		back.ID, back.Corrects, back.Attributes = "back", "corrected", theirs.Attributes
		h.append(back)
		h.now.Advance(day)
		list := states(supervision.Open, supervision.Lapsed)
		if list[0].ID == raised.ID || list[0].Key == raised.Key {
			t.Fatal("other facts gave the same alarm")
		}
		events, err := h.alarms.Store.Events(ctx, raised.ID)
		if err != nil || len(events) != 2 || events[0].Action != supervision.ActionRaise || events[1].Action != supervision.ActionLapse {
			t.Fatalf("%v %+v", err, events)
		}

		if _, err := d.Q(ctx).ExecContext(ctx, `delete from alarm_event where alarm = $1`, list[0].ID); err != nil { // somebody hides an alarm
			t.Fatal(err)
		}
		for _, statement := range []string{`delete from alarm_case where alarm = $1`, `delete from alarm where id = $1`} {
			if _, err := d.Q(ctx).ExecContext(ctx, statement, list[0].ID); err != nil {
				t.Fatal(err)
			}
		}
		again, err := h.alarms.Rerun(ctx)
		if err != nil || again.Identical || again.First == nil || again.First.Rule != "same-invoice" {
			t.Fatalf("a hidden alarm is not missed: %v %+v", err, again)
		}
	})
}

// A case that is handed in after the machine's clock was set back is dated
// before what was looked at already; it is looked at all the same.
func TestAnAlarmIsRaisedAfterTheClockWasSetBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, _ := openCounter(t, d, guizhou(t))
		invoice := map[string]string{"invoice": "25522000000046005713"}
		h.offer(h.firm(1), "002-2", "m", 10_000_000, map[string]string{"invoice": "25522000000046005714"})
		h.submitted(t, h.firm(1), "002-2", "m")
		h.offer(h.firm(2), "002-2", "m", 10_000_000, invoice)
		h.append(evidence.Fact{Kind: "cost.model_construction", Subject: h.firm(3), Object: "x", Quantity: "1.00", Occurred: "2025-05-01", Attestor: evidence.Auditor,
			Attributes: map[string]string{"invoice": invoice["invoice"], "place": "520115"}})
		if err := h.alarms.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.now.Advance(-day)
		a := h.submitted(t, h.firm(2), "002-2", "m")
		if err := h.act(t, a.ID, "approve"); !fault.Is(err, fault.Conflict) {
			t.Fatalf("an invoice that two firms use was approved: %v", err)
		}
		if list, err := h.alarms.Of(t.Context(), a.ID); err != nil || len(list) != 1 {
			t.Fatalf("%v %+v", err, list)
		}
	})
}
