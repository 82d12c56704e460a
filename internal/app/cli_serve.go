package app

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/obs"
)

type serveCommand struct {
	storeFlags
	Listen    string      `help:"Address to listen on." default:"127.0.0.1:8080" env:"QIANMO_LISTEN"`
	Region    string      `help:"Folder of a region pack; the shipped one when not given." type:"path" env:"QIANMO_REGION"`
	PublicURL string      `help:"How browsers reach the server; http://localhost:PORT when not given." placeholder:"URL" env:"QIANMO_PUBLIC_URL"`
	Proxies   []string    `help:"Networks of reverse proxies to believe, such as 10.0.0.0/8." name:"trusted-proxy" placeholder:"CIDR" env:"QIANMO_TRUSTED_PROXY"`
	Blobs     string      `help:"Where files are kept: s3://bucket?region=…; the data folder when not given." env:"QIANMO_BLOBS"`
	Sandbox   bool        `help:"Fill an empty folder with invented data; listens on loopback only."`
	LogFormat string      `help:"text or json." default:"text" enum:"text,json" env:"QIANMO_LOG_FORMAT"`
	OpenID    openFlag    `embed:"" prefix:"openid-"`
	SMTP      smtpFlag    `embed:"" prefix:"smtp-"`
	Messages  messageFlag `embed:""`
}

// openFlag configures an OpenID Connect provider; the secret comes from a file
// or the environment, never from the command line.
type openFlag struct {
	Issuer     string `help:"Address of an OpenID Connect provider that may sign people in." env:"QIANMO_OPENID_ISSUER"`
	Name       string `help:"What the sign-in button calls it." env:"QIANMO_OPENID_NAME"`
	Client     string `help:"Client id at the provider." env:"QIANMO_OPENID_CLIENT"`
	SecretFile string `help:"File with the client secret." type:"path" env:"QIANMO_OPENID_SECRET_FILE"`
}

// storeFlags say where the data is.
type storeFlags struct {
	Data string `help:"Data folder." default:"data" type:"path" env:"QIANMO_DATA"`
	DB   string `help:"PostgreSQL address, postgres://…; SQLite in the data folder when not given." name:"db" env:"QIANMO_DB"`
}

func (s storeFlags) check() error {
	if s.DB == "" {
		return nil
	}
	u, err := url.Parse(s.DB)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return fault.Newf(fault.Invalid, "--db 应以 postgres:// 开头。", "--db must begin with postgres://.")
	}
	return nil
}

func (s *serveCommand) Run(ctx context.Context, c *console) error {
	if err := s.check(); err != nil {
		return err
	}
	if s.Sandbox && s.DB != "" {
		return fault.Newf(fault.Invalid, "演示数据只放在数据目录里：--sandbox 不能和 --db 一起用。", "A sandbox lives in its data folder only: --sandbox does not go with --db.")
	}
	proxies, err := networks("--trusted-proxy", s.Proxies)
	if err != nil {
		return err
	}
	openID, err := s.OpenID.config()
	if err != nil {
		return err
	}
	messages, err := s.Messages.config(s.SMTP)
	if err != nil {
		return err
	}
	config := Config{Data: s.Data, DB: s.DB, Blobs: s.Blobs, Region: s.Region, Listen: s.Listen, PublicURL: s.PublicURL, OpenID: openID, Proxies: proxies,
		Sandbox: s.Sandbox, Messages: messages, Log: obs.NewLogger(c.err, obs.Format(s.LogFormat), logLevel(s.LogFormat))}
	return Run(ctx, config, func(address, token string) { c.announce(address, token, s.Sandbox) })
}

func networks(flag string, texts []string) ([]netip.Prefix, error) {
	var c fault.Collector
	var out []netip.Prefix
	for i, text := range texts {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			c.Add(fmt.Sprintf("%s[%d]", flag, i), "“%[1]s”不是网段：应如 10.0.0.0/8。", "%[1]q is no network: write it as 10.0.0.0/8.", text)
			continue
		}
		out = append(out, network)
	}
	return out, c.Err()
}

func (o openFlag) config() (*auth.OIDCConfig, error) {
	if o.Issuer == "" {
		return nil, nil
	}
	secret, err := secretOf("QIANMO_OPENID_SECRET", "--openid-secret-file", o.SecretFile)
	if err != nil {
		return nil, err
	}
	return &auth.OIDCConfig{Issuer: o.Issuer, Name: o.Name, ClientID: o.Client, ClientSecret: secret}, nil
}

// secretOf reads a secret from the file that a flag names, or else from the
// environment.
func secretOf(variable, flag, file string) (auth.Secret, error) {
	if file == "" {
		return auth.Secret(os.Getenv(variable)), nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", fault.Newf(fault.Invalid, "读不到 %[1]s。", "Cannot read %[1]s.", flag).Because(err)
	}
	return auth.Secret(strings.TrimSpace(string(raw))), nil
}

// announce tells the person at the terminal where to go.
func (c *console) announce(address, token string, sandbox bool) {
	if c.json {
		_ = c.print(map[string]string{"address": address, "setup_token": token}, nil)
		return
	}
	fmt.Fprintln(c.out)
	c.say(i18n.T("黔模已就绪：%s", "Qianmo is ready: %s", address))
	switch {
	case sandbox:
		c.say(i18n.T("演示数据，均为虚构；登录页有每种身份的账号。按 Ctrl-C 停止。", "Demonstration data, all invented; the sign-in page offers one account a role. Ctrl-C stops."))
	case token != "":
		c.say(i18n.T("首次使用：打开上面的网址，用这个一次性口令建立管理员（24 小时内有效）：\n\n    %s\n", "First start: open the address and make the administrator with this one-time token (good for 24 hours):\n\n    %s\n", token))
	}
}
