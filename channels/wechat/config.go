package wechat

import (
	"net/url"
	"strings"

	"github.com/silenceper/wechat/v2/util"

	"frontdesk/core"
)

// The values of config.Mode.
const (
	modeAuto    = "auto"    // passive first, then customer-service messages if the account may
	modePassive = "passive" // only the reply to the customer's own message
	modeActive  = "active"  // only customer-service messages
)

// The values of config.Encryption.
const (
	encryptionAuto       = "auto"       // aes when a key is given, else plain
	encryptionPlain      = "plain"      // the Encrypt element is not looked at
	encryptionCompatible = "compatible" // both are taken
	encryptionAES        = "aes"        // plaintext is refused
)

const defaultBase = "https://api.weixin.qq.com"

// config is a channel's entry in the configuration file.
type config struct {
	Token          string `yaml:"token"`            // of the webhook's signature; none: every call is refused
	EncodingAESKey string `yaml:"encoding_aes_key"` // 43 characters
	AppID          string `yaml:"app_id"`
	AppSecret      string `yaml:"app_secret"`
	Mode           string `yaml:"mode"`
	Encryption     string `yaml:"encryption"`
	APIBaseURL     string `yaml:"api_base_url"` // for proxies and tests
}

// check fills in the defaults that depend on other fields and refuses what
// cannot work. Its errors name the key and the cure, never a value that is secret.
func (c *config) check() error {
	switch c.Mode {
	case modeAuto:
		if c.AppSecret == "" {
			c.Mode = modePassive
		}
	case modePassive:
	case modeActive:
		if c.AppSecret == "" {
			return core.Invalid("app_secret is missing: mode active sends through the API; copy it from the account's developer page, or use mode passive")
		}
	default:
		return core.Invalid("mode %q is unknown: use auto, passive or active", c.Mode)
	}
	if c.AppSecret != "" && c.AppID == "" {
		return core.Invalid("app_id is missing: app_secret is of no use without it")
	}
	return c.checkEncryption()
}

func (c *config) checkEncryption() error {
	switch c.Encryption {
	case encryptionAuto:
		c.Encryption = encryptionPlain
		if c.EncodingAESKey != "" {
			c.Encryption = encryptionAES
		}
	case encryptionPlain, encryptionCompatible, encryptionAES:
	default:
		return core.Invalid("encryption %q is unknown: use auto, plain, compatible or aes", c.Encryption)
	}
	if c.Encryption == encryptionPlain {
		return nil
	}
	if c.EncodingAESKey == "" {
		return core.Invalid("encoding_aes_key is missing: encryption %s needs it; copy it from the account's server settings", c.Encryption)
	}
	if c.AppID == "" {
		return core.Invalid("app_id is missing: encrypted messages carry it and are checked against it")
	}
	if _, err := util.EncryptMsg(make([]byte, 16), nil, c.AppID, c.EncodingAESKey); err != nil {
		return core.Invalid("encoding_aes_key is not a key: it has 43 letters and digits; copy it again from the account's server settings")
	}
	return nil
}

// base is the API's address.
func (c *config) base() (*url.URL, error) {
	raw := c.APIBaseURL
	if raw == "" {
		raw = defaultBase
	}
	u, err := url.Parse(strings.TrimRight(raw, "/"))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.User != nil {
		return nil, core.Invalid("api_base_url is not an address like https://api.weixin.qq.com")
	}
	return u, nil
}
