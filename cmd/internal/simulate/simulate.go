// Package simulate runs the three platforms on this machine, so that the whole
// product can be tried, and tested, with no account anywhere.
package simulate

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"frontdesk/channels/sim/slack"
	"frontdesk/channels/sim/telegram"
	"frontdesk/channels/sim/wechat"
)

// The people and places of the simulated workspaces.
const (
	DeskRoom   = "C0DESK"   // of Slack, where cases are shown
	PublicRoom = "C0PUBLIC" // where customers may mention the app
	Agent      = "U0AGENT"
	Customer   = "U0CUSTOMER"
	OpenID     = "o_demo_customer"
	// TelegramUser is the number of the customer on Telegram.
	TelegramUser int64 = 700200

	agentName    = "Ann"
	customerName = "Chris"
)

// Platforms are WeChat, Telegram and Slack. Close ends them.
type Platforms struct {
	WeChat   *wechat.Server
	Telegram *telegram.Server
	Slack    *slack.Server

	secrets    secrets
	wechatURL  string
	telegram   string
	servers    []*http.Server
	serversEnd []chan error
	direct     string // the customer's chat with the app in Slack
}

type secrets struct {
	wechatToken, wechatAES, wechatApp string
	telegramToken, telegramHook       string
	slackSigning                      string
}

func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails
	return hex.EncodeToString(b)
}

func newSecrets() secrets {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	return secrets{wechatToken: random(12), wechatAES: strings.TrimSuffix(base64.StdEncoding.EncodeToString(key), "="), wechatApp: random(16),
		telegramToken: "700100:" + random(16), telegramHook: random(16), slackSigning: random(16)}
}

// Start runs the platforms on loopback ports; they call the gateway at url,
// which need not answer yet.
func Start(url string) (p *Platforms, err error) {
	p = &Platforms{secrets: newSecrets()}
	defer func() {
		if err != nil {
			p.Close()
			p = nil
		}
	}()
	p.WeChat, err = wechat.New(wechat.Options{Webhook: url + "/webhooks/wechat/wx", Token: p.secrets.wechatToken, AESKey: p.secrets.wechatAES,
		AppID: "wx_demo", AppSecret: p.secrets.wechatApp, Verified: true})
	if err != nil {
		return p, fmt.Errorf("wechat simulator: %w", err)
	}
	if p.wechatURL, err = p.serve(p.WeChat.Handler()); err != nil {
		return p, err
	}
	p.Telegram = telegram.New(telegram.Options{Token: p.secrets.telegramToken})
	if p.telegram, err = p.serve(p.Telegram); err != nil {
		return p, err
	}
	p.Slack, err = slack.New(slack.Options{SigningSecret: p.secrets.slackSigning})
	if err != nil {
		return p, fmt.Errorf("slack simulator: %w", err)
	}
	p.Slack.Connect(url + "/webhooks/slack/sl")
	p.people()
	return p, nil
}

func (p *Platforms) people() {
	p.Slack.AddPerson(slack.Person{ID: Agent, Name: agentName})
	p.direct = p.Slack.AddPerson(slack.Person{ID: Customer, Name: customerName})
	p.Slack.AddRoom(slack.Room{ID: DeskRoom, Name: "support-desk"})
	p.Slack.AddRoom(slack.Room{ID: PublicRoom, Name: "customers"})
}

func (p *Platforms) serve(h http.Handler) (url string, err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	p.servers, p.serversEnd = append(p.servers, srv), append(p.serversEnd, done)
	return "http://" + ln.Addr().String(), nil
}

// Channels are the lines of a configuration that connect the gateway to p.
func (p *Platforms) Channels() string {
	s := p.secrets
	return fmt.Sprintf(`  - {id: wx, type: wechat, bot: default, token: %q, encoding_aes_key: %q, app_id: wx_demo, app_secret: %q, mode: auto, encryption: auto, api_base_url: %q}
  - {id: tg, type: telegram, bot: default, token: %q, secret_token: %q, mode: polling, api_base_url: %q}
  - {id: sl, type: slack, bot: default, bot_token: "xoxb-sim-bot", signing_secret: %q, api_base_url: %q}
`, s.wechatToken, s.wechatAES, s.wechatApp, p.wechatURL, s.telegramToken, s.telegramHook, p.telegram, s.slackSigning, p.Slack.APIURL())
}

// Close ends the platforms and waits for them.
func (p *Platforms) Close() {
	if p.WeChat != nil {
		p.WeChat.Close()
	}
	if p.Telegram != nil {
		p.Telegram.Close()
	}
	if p.Slack != nil {
		p.Slack.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	for i, srv := range p.servers {
		if err := srv.Shutdown(ctx); err != nil {
			_ = srv.Close()
		}
		if err := <-p.serversEnd[i]; !errors.Is(err, http.ErrServerClosed) {
			continue // it ended earlier; its users saw that
		}
	}
}
