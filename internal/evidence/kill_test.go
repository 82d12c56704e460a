package evidence_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/evidence/evidencetest"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/migrations"
)

// The test binary is also the process that gets killed.
const (
	victimDSN    = "QIANMO_TEST_VICTIM_DSN"
	victimFolder = "QIANMO_TEST_VICTIM_FOLDER"
	victimRound  = "QIANMO_TEST_VICTIM_ROUND"
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(victimFolder); folder != "" {
		fmt.Fprintln(os.Stderr, runVictim(os.Getenv(victimDSN), folder, os.Getenv(victimRound)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// runVictim appends and seals until it is killed, and prints each step as it
// takes it: "acknowledged <id>" when a fact is committed, else the step's name.
func runVictim(dsn, folder, round string) error {
	ctx := context.Background()
	r, err := openVictimsRoom(ctx, dsn, folder, round)
	if err != nil {
		return err
	}
	say := func(step string) error {
		_, err := fmt.Println(step)
		return err
	}
	r.Sealer.Store, r.Sealer.Log = watched{r.Store, say}, watchedLog{r.Log, say}
	for n := 0; ; n++ {
		facts := make([]evidence.Fact, 1+n%7)
		for i := range facts {
			facts[i] = evidencetest.Cost(fmt.Sprintf("r%s-%d-%d", round, n, i), evidencetest.SubjectA, "1", "2025-03-01")
		}
		if _, err := r.Service.Append(ctx, facts); err != nil {
			return err
		}
		for _, f := range facts {
			if err := say("acknowledged " + f.ID); err != nil {
				return err
			}
		}
		if _, err := r.Sealer.Seal(ctx); err != nil {
			return err
		}
	}
}

// openVictimsRoom moves the clock on an hour a round: a killed process leaves
// its lease behind, which must run out.
func openVictimsRoom(ctx context.Context, dsn, folder, round string) (*evidencetest.Room, error) {
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx, migrations.Files, "main"); err != nil {
		return nil, err
	}
	hours, err := strconv.Atoi(round)
	if err != nil {
		return nil, err
	}
	return evidencetest.OpenRoom(d, folder, evidencetest.Start.Add(time.Duration(hours)*time.Hour))
}

// A process is killed with SIGKILL around every step of sealing, again and
// again on the same folder. No acknowledged fact may be lost, none sealed twice.
func TestKillMinusNine(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { killMinusNine(t, dbtest.SQLitePath(t)) })
	t.Run("postgres", func(t *testing.T) { killMinusNine(t, dbtest.PostgresDSN(t)) })
}

func killMinusNine(t *testing.T, dsn string) {
	folder := t.TempDir()
	steps := []string{"acknowledged", "after reading the outbox", "before the log", "within the batch", "after the log", "before recording", "in the recording transaction", "after recording"}
	var acknowledged []string
	rounds := 0
	for _, step := range steps {
		for occurrence := 1; occurrence <= 2; occurrence++ {
			acknowledged = append(acknowledged, killAt(t, dsn, folder, rounds, step, occurrence)...)
			rounds++
		}
	}
	r, err := openVictimsRoom(t.Context(), dsn, folder, strconv.Itoa(rounds))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.DB.Close() })
	if err := r.Sealer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	report, err := r.Verifier.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sound(t, r, int(report.Facts))
	if len(acknowledged) < len(steps) {
		t.Fatalf("only %d facts were acknowledged: the test proves little", len(acknowledged))
	}
	for _, id := range acknowledged {
		if record, err := r.Service.Get(t.Context(), id); err != nil || record.Seal.Index == nil {
			t.Errorf("%s was acknowledged and is lost: %+v %v", id, record.Seal, err)
		}
	}
	t.Logf("%d kills, %d facts acknowledged, %d in the log", rounds, len(acknowledged), report.Size)
}

// killAt starts a victim, kills it when it has printed a step so many times,
// and returns the facts that it acknowledged.
func killAt(t *testing.T, dsn, folder string, round int, step string, occurrence int) (acknowledged []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	victim := exec.Command(self)
	victim.Env = append(os.Environ(), victimDSN+"="+dsn, victimFolder+"="+folder, fmt.Sprintf("%s=%d", victimRound, round))
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	seen := 0
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if id, ok := strings.CutPrefix(lines.Text(), "acknowledged "); ok {
			acknowledged = append(acknowledged, id)
		}
		if strings.HasPrefix(lines.Text(), step) {
			if seen++; seen == occurrence {
				if err := victim.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	var exit *exec.ExitError
	if err := victim.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("round %d, %s: the victim was not killed but ended: %v", round, step, err)
	}
	return acknowledged
}
