package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// Version is set by the build.
var Version = "dev"

// drain is how long a stop waits for requests in hand.
const drain = 15 * time.Second

// Run serves until the context ends. ready is told the address once it answers.
//
// Codes: those of openProduct; conflict when the address is taken, invalid when it is none.
func Run(ctx context.Context, c Config, ready func(address string, setupToken string)) error {
	if c.Sandbox {
		if err := checkLoopback(c.Listen); err != nil {
			return err
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil && !errors.Is(err, syscall.EADDRINUSE) {
		return fault.Newf(fault.Invalid, "不能在 %s 上监听：请把 --listen 写成本机有权使用的 地址:端口，例如 127.0.0.1:8080。", "Cannot listen on %s: write --listen as an address:port that may be used here, such as 127.0.0.1:8080.", c.Listen).Because(err)
	}
	if err != nil {
		return fault.Newf(fault.Conflict, "地址 %s 不能监听：可能已被占用，请用 --listen 换一个。", "Cannot listen on %s: it may be taken; choose another with --listen.", c.Listen).Because(err)
	}
	defer listener.Close()
	address := c.PublicURL
	if address == "" {
		address = fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port) // passkeys refuse IP addresses
		c.PublicURL = address
	}
	p, err := openProduct(ctx, c)
	if err != nil {
		return err
	}
	signal.Notify(p.hangup, syscall.SIGHUP)
	defer signal.Stop(p.hangup)
	err = p.serve(ctx, listener, func(token string) { ready(address, token) })
	return errors.Join(err, p.close(context.WithoutCancel(ctx)))
}

// serve runs the server and the background work until the context ends or one
// of them fails.
func (p *product) serve(ctx context.Context, listener net.Listener, ready func(setupToken string)) error {
	token, err := p.setupToken(ctx)
	if err != nil {
		return err
	}
	if p.config.Sandbox && !p.folder.filled() {
		p.filling.all.Store(1) // from the first request on: an empty sandbox is nothing to show
	}
	server := &http.Server{Handler: p.courtesy.Answer(p.whileFilling(p)), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }}
	filled := make(chan struct{})
	group, running := errgroup.WithContext(ctx)
	behind := p.courtesy.Background(running)
	group.Go(func() error { return p.sealer.Run(running) })
	group.Go(func() error { return p.intents.Run(running) })
	group.Go(func() error { return p.background().Run(behind) })
	group.Go(func() error { return p.reloads(running) })
	group.Go(func() error {
		select {
		case <-filled:
			return p.teller().Run(behind, lookForNews)
		case <-running.Done():
			return nil
		}
	})
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-running.Done()
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		return server.Shutdown(stopping)
	})
	if p.config.Sandbox {
		group.Go(func() error { return p.fillSandbox(running, func() { close(filled); ready("") }) })
	} else {
		close(filled)
		ready(token)
	}
	return group.Wait()
}

// setupToken makes the one-time token of the first administrator, if nobody
// exists yet.
func (p *product) setupToken(ctx context.Context) (string, error) {
	if p.config.Sandbox {
		return "", nil
	}
	token, needed, err := p.party.SetupToken(ctx)
	if !needed {
		return "", err
	}
	return token, err
}

func (p *product) api() *httpapi.API { return httpapi.New(p.apiConfig()) }

func (p *product) apiConfig() httpapi.Config {
	return httpapi.Config{
		Title: "Qianmo", Version: "1", DB: p.db, Clock: p.wall, IDs: p.ids, Log: p.config.Log, Auth: p.party,
		Access: access(), RegionWide: party.RegionWide(), PublicURL: p.config.PublicURL, TrustedProxies: p.config.Proxies, Observe: p.metrics.Request,
	}
}

func checkLoopback(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err == nil && host == "localhost" {
		return nil
	}
	ip, errIP := netip.ParseAddr(host)
	if err != nil || errIP != nil || !ip.IsLoopback() {
		return fault.Newf(fault.Invalid, "演示环境只在本机监听：--listen 请用 127.0.0.1:端口。", "A sandbox listens on loopback only: use --listen 127.0.0.1:PORT.")
	}
	return nil
}
