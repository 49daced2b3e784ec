package telegram

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"frontdesk/channels"
)

// official is the Bot API's own address.
const official = "https://api.telegram.org"

// The ways updates may come.
const (
	auto    = "auto"
	webhook = "webhook"
	polling = "polling"
)

type config struct {
	Token       string `yaml:"token"`
	SecretToken string `yaml:"secret_token"`
	Mode        string `yaml:"mode"`
	APIBaseURL  string `yaml:"api_base_url"`
}

var (
	tokenForm = regexp.MustCompile(`^[0-9]{1,18}:[A-Za-z0-9_-]+$`)
	// The Bot API takes 1 to 256 of these characters as secret_token.
	secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
	// hookPorts are the ports Telegram delivers to.
	hookPorts = []string{"", "443", "80", "88", "8443"}
)

// decode reads and checks the configuration. Its errors name no secret.
func decode(s channels.Settings) (config, error) {
	cfg := config{Mode: auto, APIBaseURL: official}
	if err := s.Decode(&cfg); err != nil {
		return cfg, err
	}
	if cfg.Mode == "" {
		cfg.Mode = auto
	}
	if cfg.APIBaseURL == "" {
		cfg.APIBaseURL = official
	}
	cfg.APIBaseURL = strings.TrimRight(cfg.APIBaseURL, "/")
	return cfg, cfg.check(s.PublicURL)
}

func (c config) check(publicURL string) error {
	switch {
	case c.Token == "":
		return errors.New("token is empty: @BotFather gives one for /newbot")
	case !tokenForm.MatchString(c.Token):
		return errors.New("token does not look like one of @BotFather's (123456:ABC…): copy it again, whole")
	case c.SecretToken != "" && !secretForm.MatchString(c.SecretToken):
		return errors.New("secret_token may hold 1 to 256 characters of A-Z a-z 0-9 _ -: make one with `openssl rand -hex 32`")
	case !slices.Contains([]string{auto, webhook, polling}, c.Mode):
		return fmt.Errorf("mode %q is unknown: use auto, webhook or polling", c.Mode)
	case !isHTTP(c.APIBaseURL):
		return errors.New("api_base_url is no http or https address: leave it empty for Telegram's own")
	case c.Mode == webhook && c.SecretToken == "":
		return errors.New("mode webhook needs a secret_token: without it anybody could post messages; or set mode: polling")
	case c.hooked(publicURL):
		return c.checkHook(publicURL)
	}
	return nil
}

// checkHook refuses a public URL that setWebhook would. A Bot API server of
// one's own delivers anywhere.
func (c config) checkHook(publicURL string) error {
	u, err := url.Parse(publicURL)
	if err != nil || u.Host == "" {
		return errors.New("mode webhook needs server.public_url, the https address Telegram can reach; or set mode: polling")
	}
	if c.APIBaseURL != official {
		return nil
	}
	if u.Scheme != "https" {
		return fmt.Errorf("telegram delivers to https only, and server.public_url is %s://%s: give it an https address, or set mode: polling", u.Scheme, u.Host)
	}
	if !slices.Contains(hookPorts, u.Port()) {
		return fmt.Errorf("telegram delivers to ports 443, 80, 88 and 8443 only, not to %s: change server.public_url, or set mode: polling", u.Port())
	}
	return nil
}

// hooked reports whether updates come by webhook.
func (c config) hooked(publicURL string) bool {
	if c.Mode == auto {
		return strings.HasPrefix(publicURL, "https://") && c.SecretToken != ""
	}
	return c.Mode == webhook
}

func isHTTP(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}
