package tilelog

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
	"k8s.io/klog/v2"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

const (
	batchSize          = 1024
	batchAge           = 5 * time.Millisecond   // how long a part-filled batch waits; Append adds all at once
	checkpointInterval = 100 * time.Millisecond // the least that Tessera permits
	publishWait        = 30 * time.Second       // far longer than any healthy disk needs
	pollCheckpoint     = 10 * time.Millisecond
)

// writer implements evidence.LogWriter with a Tessera appender.
type writer struct {
	folder   string
	lock     *os.File
	appender *tessera.Appender
	reader   tessera.LogReader
	awaiter  *tessera.PublicationAwaiter
	shutdown func(context.Context) error
	cancel   context.CancelFunc
}

// Writer implements evidence.Log. The folder's lock file keeps writers apart
// between processes and within one, for as long as the writer is open; the
// system frees it when a process dies.
func (l *Log) Writer(ctx context.Context) (evidence.LogWriter, error) {
	secret, err := readKey(l.keys, secretFile)
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, keyFault(l.keys, err)
	}
	lock, err := lockFolder(l.folder)
	if err != nil {
		return nil, err
	}
	w, err := open(context.WithoutCancel(ctx), l.folder, signer)
	if err != nil {
		return nil, errors.Join(folderFault(l.folder, err), lock.Close())
	}
	w.lock = lock
	return w, nil
}

func lockFolder(folder string) (*os.File, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, folderFault(folder, err)
	}
	lock, err := os.OpenFile(filepath.Join(folder, ".writer.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, folderFault(folder, err)
	}
	switch err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil, errors.Join(fault.Newf(fault.Conflict, "另一个进程正在写证据日志。", "Another process is writing the evidence log."), lock.Close())
	case err != nil:
		return nil, errors.Join(folderFault(folder, err), lock.Close())
	}
	return lock, nil
}

func open(ctx context.Context, folder string, signer note.Signer) (*writer, error) {
	quiet()
	driver, err := posix.New(ctx, posix.Config{Path: folder})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx) // ends the appender's goroutines, in Close
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithCheckpointInterval(checkpointInterval).
		WithCheckpointRepublishInterval(0).
		WithBatching(batchSize, batchAge)
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	if err != nil {
		cancel()
		return nil, err
	}
	w := &writer{
		folder: folder, appender: appender, reader: reader, shutdown: shutdown, cancel: cancel,
		awaiter: tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, pollCheckpoint),
	}
	if err := w.awaitOld(ctx); err != nil {
		cancel()
		return nil, err
	}
	return w, nil
}

// awaitOld waits for a checkpoint over what an earlier writer integrated but
// died before publishing.
func (w *writer) awaitOld(ctx context.Context) error {
	size, err := w.reader.IntegratedSize(ctx)
	if err != nil || size == 0 {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, publishWait)
	defer cancel()
	_, _, err = w.awaiter.Await(ctx, func() (tessera.Index, error) { return tessera.Index{Index: size - 1}, nil })
	return err
}

// quiet drops the chatter of Tessera's logger, which writes to standard error;
// its errors still go there, and all of them also come back as errors to us.
var quiet = sync.OnceFunc(func() {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
})

// Size implements evidence.LogWriter.
func (w *writer) Size(ctx context.Context) (uint64, error) {
	size, err := w.reader.IntegratedSize(ctx)
	if err != nil {
		return 0, folderFault(w.folder, err)
	}
	return size, nil
}

// Append implements evidence.LogWriter.
func (w *writer) Append(ctx context.Context, leaves []evidence.Leaf) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, publishWait)
	defer cancel()
	futures := make([]tessera.IndexFuture, len(leaves))
	for i, leaf := range leaves {
		futures[i] = w.appender.Add(ctx, tessera.NewEntry(leaf[:]))
	}
	var first uint64
	for i, future := range futures {
		at, err := future()
		if err != nil {
			return 0, folderFault(w.folder, err)
		}
		if i == 0 {
			first = at.Index
		}
		if at.Index != first+uint64(i) {
			return 0, fault.Newf(fault.CheckFailed, "日志在封存时被别人写过：序号不连续。", "Somebody else wrote to the log while we sealed: the indexes have a gap.")
		}
	}
	if len(futures) == 0 {
		return w.Size(ctx)
	}
	if _, _, err := w.awaiter.Await(ctx, futures[len(futures)-1]); err != nil {
		return 0, folderFault(w.folder, err)
	}
	return first, nil
}

// Close implements evidence.LogWriter.
func (w *writer) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), publishWait)
	defer cancel()
	err := w.shutdown(ctx)
	w.cancel()
	return errors.Join(err, w.lock.Close())
}
