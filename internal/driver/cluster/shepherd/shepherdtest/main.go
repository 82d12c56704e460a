// Package shepherdtest makes a test's own program the shepherd that its cluster
// starts.
package shepherdtest

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/qianmo/qianmo/internal/compute/cluster"
	"github.com/qianmo/qianmo/internal/driver/cluster/shepherd"
)

// Main is TestMain: with the arguments of Command and a folder the program is a
// shepherd, else it runs the tests.
func Main(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == word {
		exit, err := shepherd.Watch(context.Background(), cluster.Folder(os.Args[2]))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(exit)
	}
	os.Exit(m.Run())
}

const word = "shepherd"

// Command is the shepherd's, to which a folder is added.
func Command(t *testing.T) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{self, word}
}
