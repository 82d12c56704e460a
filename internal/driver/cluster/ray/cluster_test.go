package ray_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/driver/cluster/shepherd/shepherdtest"
)

func TestMain(m *testing.M) { shepherdtest.Main(m) }

// install gets Ray from requirements.txt, once for each content of it.
func install(t *testing.T) (bin string) {
	t.Helper()
	lock, err := os.ReadFile("requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(lock)
	home := filepath.Join(os.TempDir(), "qianmo-test-ray-"+hex.EncodeToString(sum[:8]))
	bin = filepath.Join(home, "bin")
	if _, err := os.Stat(filepath.Join(home, "installed")); err == nil {
		return bin
	}
	for _, args := range [][]string{{"python3", "-m", "venv", home}, {filepath.Join(bin, "pip"), "install", "--quiet", "--require-hashes", "-r", "requirements.txt"}} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(home, "installed"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return bin
}

// newRay starts a Ray of two nodes, a head and one with two NPUs, and returns
// the dashboard's address.
func newRay(t *testing.T) string {
	t.Helper()
	bin := install(t)
	temp, err := os.MkdirTemp("", "qmray") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(temp) })
	control, dashboard := freePort(t), freePort(t)
	daemon(t, bin, "start", "--head", "--block", "--disable-usage-stats", "--num-cpus=64", "--num-gpus=0", "--memory=17179869184", "--object-store-memory=100000000",
		fmt.Sprintf("--port=%d", control), "--dashboard-host=127.0.0.1", fmt.Sprintf("--dashboard-port=%d", dashboard), "--temp-dir="+temp, "--node-ip-address=127.0.0.1",
		fmt.Sprintf("--dashboard-agent-listen-port=%d", freePort(t)), fmt.Sprintf("--metrics-export-port=%d", freePort(t)), fmt.Sprintf("--ray-client-server-port=%d", freePort(t)))
	address := fmt.Sprintf("http://127.0.0.1:%d", dashboard)
	until(t, "the dashboard answers", func() bool { return answers(address+"/api/version") && answers(address+"/api/jobs/") })
	daemon(t, bin, "start", "--block", "--disable-usage-stats", fmt.Sprintf("--address=127.0.0.1:%d", control), "--num-cpus=8", "--num-gpus=0", "--memory=1073741824", "--object-store-memory=100000000",
		`--resources={"NPU": 2, "accelerator_type:Ascend910B": 1}`, "--node-ip-address=127.0.0.1",
		fmt.Sprintf("--dashboard-agent-listen-port=%d", freePort(t)), fmt.Sprintf("--metrics-export-port=%d", freePort(t)))
	return address
}

func answers(address string) bool {
	res, err := http.Get(address) //nolint:noctx // a test's own server
	if err != nil {
		return false
	}
	return res.Body.Close() == nil && res.StatusCode == http.StatusOK
}

// daemon starts ray, which ends with the test and takes its children with it.
func daemon(t *testing.T, bin string, args ...string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, "ray"), args...)
	cmd.Env = append(os.Environ(), "RAY_DISABLE_IMPORT_WARNING=1", "PATH="+bin+":"+os.Getenv("PATH"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(15 * time.Second):
		}
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-ended
		if t.Failed() {
			t.Logf("ray said:\n%.3000s", out.String())
		}
	})
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for enough := time.After(2 * time.Minute); !holds(); {
		select {
		case <-tick.C:
		case <-enough:
			t.Fatalf("two minutes, and not: %s", what)
		}
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
