// Command qianmo runs a region's AI support programme: see README.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/qianmo/qianmo/internal/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(app.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
