package slurm_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/driver/cluster/shepherd/shepherdtest"
)

func TestMain(m *testing.M) { shepherdtest.Main(m) }

// site is a real Slurm of four nodes on this machine, with accounting: two nodes
// with two GPUs each, two with four NPUs each. GPUs are files that stand for
// devices.
type site struct {
	folder string
	ports  map[string]int
	nodes  map[string]*exec.Cmd
}

func newSite(t *testing.T) *site {
	t.Helper()
	install(t)
	folder, err := os.MkdirTemp("", "qmslurm") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	s := &site{folder: folder, ports: map[string]int{}, nodes: map[string]*exec.Cmd{}}
	for _, name := range []string{"ctld", "dbd", "n1", "n2", "n3", "n4"} {
		s.ports[name] = freePort(t)
	}
	s.write(t, "munge.key", random(1024), 0o600)
	s.daemon(t, nil, "munged", "--foreground", "--force", "--key-file", s.path("munge.key"), "--socket", s.path("munge.sock"), "--pid-file", s.path("munge.pid"),
		"--log-file", s.path("munge.log"), "--seed-file", s.path("munge.seed"))
	s.until(t, "munge answers", func() bool { _, err := os.Stat(s.path("munge.sock")); return err == nil })
	s.accounting(t)
	s.write(t, "slurm.conf", []byte(s.config(t)), 0o644)
	s.write(t, "gres.conf", []byte(fmt.Sprintf("NodeName=n[1-2] Name=gpu Type=h100 File=%s/gpu[1-2]\nNodeName=n[3-4] Name=npu Type=ascend910 Count=4\n", folder)), 0o644)
	for _, gpu := range []string{"gpu1", "gpu2"} {
		if err := os.Symlink("/dev/null", s.path(gpu)); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"state", "spool"} {
		if err := os.Mkdir(s.path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.daemon(t, s.env(), "slurmctld", "-D")
	for _, node := range []string{"n1", "n2", "n3", "n4"} {
		s.startNode(t, node)
	}
	s.until(t, "all nodes are idle", func() bool {
		return strings.Count(s.ask("sinfo", "-h", "-N", "-o", "%t"), "idle") >= 4
	})
	return s
}

// install gets Debian's packages when they are missing.
func install(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("slurmctld"); err == nil {
		if _, err := exec.LookPath("mariadbd"); err == nil {
			return
		}
	}
	for _, args := range [][]string{{"update", "-qq"}, {"install", "-y", "-qq", "--no-install-recommends", "slurm-wlm", "munge", "slurmdbd", "slurm-wlm-mysql-plugin", "mariadb-server-core", "mariadb-client-core"}} {
		cmd := exec.Command("apt-get", args...)
		if os.Getuid() != 0 {
			cmd = exec.Command("sudo", append([]string{"apt-get"}, args...)...)
		}
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("apt-get %v: %v\n%s", args, err, out)
		}
	}
}

func (s *site) path(name string) string { return filepath.Join(s.folder, name) }

func (s *site) env() []string { return []string{"SLURM_CONF=" + s.path("slurm.conf")} }

func (s *site) write(t *testing.T, name string, text []byte, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(s.path(name), text, mode); err != nil {
		t.Fatal(err)
	}
}

// accounting starts MariaDB and slurmdbd: Slurm's accounting knows no smaller
// database.
func (s *site) accounting(t *testing.T) {
	t.Helper()
	if out, err := exec.Command("mariadb-install-db", "--no-defaults", "--datadir="+s.path("db"), "--auth-root-authentication-method=normal").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.daemon(t, nil, "mariadbd", "--no-defaults", "--user=root", "--datadir="+s.path("db"), "--socket="+s.path("my.sock"), "--skip-networking", "--innodb-buffer-pool-size=64M")
	sql := "create database slurm; create user 'slurm'@'localhost' identified by 'slurm'; grant all on slurm.* to 'slurm'@'localhost';"
	s.until(t, "MariaDB answers", func() bool {
		return exec.Command("mariadb", "--no-defaults", "--socket="+s.path("my.sock"), "-uroot", "-e", "select 1").Run() == nil
	})
	if out, err := exec.Command("mariadb", "--no-defaults", "--socket="+s.path("my.sock"), "-uroot", "-e", sql).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.write(t, "slurmdbd.conf", []byte(fmt.Sprintf(`DbdHost=localhost
DbdPort=%d
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=%[2]s/munge.sock
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm
PidFile=%[2]s/slurmdbd.pid
LogFile=%[2]s/slurmdbd.log
`, s.ports["dbd"], s.folder)), 0o600)
	s.daemon(t, []string{"SLURM_CONF=" + s.path("slurm.conf"), "MYSQL_UNIX_PORT=" + s.path("my.sock")}, "slurmdbd", "-D")
	s.until(t, "slurmdbd answers", func() bool {
		conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", s.ports["dbd"]), time.Second)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	})
}

func (s *site) config(t *testing.T) string {
	t.Helper()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	host, _, _ = strings.Cut(host, ".")
	return fmt.Sprintf(`ClusterName=test
SlurmctldHost=%[1]s(127.0.0.1)
SlurmctldPort=%[3]d
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=%[2]s/munge.sock
CredType=cred/munge
MpiDefault=none
StateSaveLocation=%[2]s/state
SlurmdSpoolDir=%[2]s/spool/%%n
SlurmdPidFile=%[2]s/slurmd-%%n.pid
SlurmctldPidFile=%[2]s/slurmctld.pid
SlurmctldLogFile=%[2]s/slurmctld.log
SlurmdLogFile=%[2]s/slurmd-%%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=1
ReturnToService=2
SlurmdTimeout=10
KillWait=2
DefMemPerCPU=100
MinJobAge=300
GresTypes=gpu,npu
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=%[4]d
AccountingStoragePass=%[2]s/munge.sock
AccountingStorageTRES=gres/gpu,gres/npu
NodeName=n1 NodeHostname=%[1]s NodeAddr=127.0.0.1 Port=%[5]d CPUs=16 RealMemory=16000 Gres=gpu:h100:2
NodeName=n2 NodeHostname=%[1]s NodeAddr=127.0.0.1 Port=%[6]d CPUs=16 RealMemory=16000 Gres=gpu:h100:2
NodeName=n3 NodeHostname=%[1]s NodeAddr=127.0.0.1 Port=%[7]d CPUs=16 RealMemory=16000 Gres=npu:ascend910:4
NodeName=n4 NodeHostname=%[1]s NodeAddr=127.0.0.1 Port=%[8]d CPUs=16 RealMemory=16000 Gres=npu:ascend910:4
PartitionName=gpu Nodes=n[1-2] Default=YES State=UP
PartitionName=npu Nodes=n[3-4] State=UP
`, host, s.folder, s.ports["ctld"], s.ports["dbd"], s.ports["n1"], s.ports["n2"], s.ports["n3"], s.ports["n4"])
}

func (s *site) startNode(t *testing.T, node string) {
	t.Helper()
	s.nodes[node] = s.daemon(t, s.env(), "slurmd", "-D", "-N", node)
}

// daemon starts a child that ends with the test.
func (s *site) daemon(t *testing.T, env []string, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
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
		case <-time.After(5 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
		if t.Failed() {
			t.Logf("%s said:\n%.2000s", name, out.String())
		}
	})
	return cmd
}

// ask runs a command of Slurm's, "" when it fails.
func (s *site) ask(name string, args ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), s.env()...)
	out, _ := cmd.Output()
	return string(out)
}

func (s *site) until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for enough := time.After(time.Minute); !holds(); {
		select {
		case <-tick.C:
		case <-enough:
			t.Fatalf("a minute, and not: %s", what)
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

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}
