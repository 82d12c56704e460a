// Command product measures the whole program from outside: how long a filled
// sandbox takes from start to its first answer, what it holds in memory when
// idle, and what a browser must load for the first page. It needs the program
// that make build leaves at bin/qianmo.
package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qianmo/qianmo/web"
)

const (
	address = "127.0.0.1:18923"
	starts  = 7
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "qianmo-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	fill, _, err := start(ctx, folder, 0)
	if err != nil {
		return err
	}
	var cold []time.Duration
	var idle []int64
	for range starts {
		took, rss, err := start(ctx, folder, 3*time.Second)
		if err != nil {
			return err
		}
		cold, idle = append(cold, took), append(idle, rss)
	}
	slices.Sort(cold)
	slices.Sort(idle)
	first, err := firstLoad()
	if err != nil {
		return err
	}
	fmt.Printf("product, median of %d starts on a filled sandbox (2,000 organisations)\n", starts)
	fmt.Printf("%-44s %10s %10s\n", "", "measured", "target")
	fmt.Printf("%-44s %9.2fs %10s\n", "filling an empty sandbox", fill.Seconds(), "-")
	fmt.Printf("%-44s %9.2fs %10s\n", "start to ready", cold[starts/2].Seconds(), "< 1 s")
	fmt.Printf("%-44s %7d MB %10s\n", "resident memory, idle for 3 s", idle[starts/2]>>20, "< 150 MB")
	fmt.Printf("%-44s %7.2f MB %10s\n", "console, first load, gzip", float64(first)/1e6, "< 1.5 MB")
	return nil
}

// start runs the program until it is ready, lets it idle, reads its memory and
// stops it.
func start(ctx context.Context, folder string, idle time.Duration) (took time.Duration, rss int64, err error) {
	cmd := exec.CommandContext(ctx, "bin/qianmo", "serve", "--sandbox", "--data", folder, "--listen", address)
	cmd.Stderr = os.Stderr
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		err = errors.Join(err, cmd.Wait())
	}()
	for deadline := began.Add(2 * time.Minute); ; {
		res, err := http.Get("http://" + address + "/readyz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusNoContent {
				break
			}
		}
		if time.Now().After(deadline) {
			return 0, 0, errors.New("not ready after two minutes")
		}
		time.Sleep(5 * time.Millisecond)
	}
	took = time.Since(began)
	time.Sleep(idle)
	rss, err = resident(cmd.Process.Pid)
	return took, rss, err
}

// resident reads VmRSS, in bytes.
func resident(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, "VmRSS:"); found {
			kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10, err
		}
	}
	return 0, errors.New("no VmRSS")
}

var asset = regexp.MustCompile(`(?:src|href)="/(assets/[^"]+)"`)

// firstLoad is the gzip size of the index page and what it names.
func firstLoad() (int64, error) {
	files := web.Dist()
	index, err := os.ReadFile(filepath.Join("web", "dist", "index.html"))
	if err != nil {
		return 0, err
	}
	total, err := zipped(strings.NewReader(string(index)))
	for _, m := range asset.FindAllStringSubmatch(string(index), -1) {
		f, errOpen := files.Open(m[1])
		if errOpen != nil {
			return 0, errOpen
		}
		n, errZip := zipped(f)
		total, err = total+n, errors.Join(err, errZip, f.Close())
	}
	return total, err
}

func zipped(r io.Reader) (int64, error) {
	n := counter(0)
	w := gzip.NewWriter(&n)
	_, err := io.Copy(w, r)
	return int64(n), errors.Join(err, w.Close())
}

type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}
