package dbtest

import (
	"fmt"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/db"
)

// Room leaves so many pages of 4 KiB for an SQLite database to grow, as a disk
// does that is nearly full: what other rows had left free is taken up first.
func Room(t testing.TB, d *db.DB, pages int) {
	t.Helper()
	used := 0
	run := func(statement string) error {
		_, err := d.Writer().Exec(statement)
		return err
	}
	limit := func(pages int) {
		if err := d.Writer().QueryRow(`pragma page_count`).Scan(&used); err != nil {
			t.Fatal(err)
		}
		if err := run(fmt.Sprintf(`pragma max_page_count = %d`, used+pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(4)
	if err := run(`create table if not exists ballast (content blob)`); err != nil {
		t.Fatal(err)
	}
	for db.Fault(run(`insert into ballast values (zeroblob(4000))`)) == nil {
	}
	limit(pages)
}
