package web

import (
	"net/url"
	"slices"

	"frontdesk/core"
)

// config is what the configuration file says of a web channel.
type config struct {
	// AllowedOrigins are the sites that may embed the chat, "https://shop.example"
	// each, or "*" for all. The gateway's own pages are always allowed.
	AllowedOrigins []string `yaml:"allowed_origins"`
	// IdentitySecret is what the shop's server signs its users' ids with.
	IdentitySecret string `yaml:"identity_secret"`
}

// minSecret is below which a secret is warned of: 16 random bytes cannot be
// guessed. RFC 2104 advises the hash's own length, 32.
const minSecret = 16

func load(decode func(any) error) (config, error) {
	var c config
	if decode != nil {
		if err := decode(&c); err != nil {
			return config{}, err
		}
	}
	if c.anyOrigin() && c.IdentitySecret != "" {
		return config{}, core.Invalid(`allowed_origins: "*" cannot go with identity_secret: any site could act for a signed-in user; list the sites instead`)
	}
	for _, o := range c.AllowedOrigins {
		if err := checkOrigin(o); err != nil {
			return config{}, err
		}
	}
	return c, nil
}

func (c config) anyOrigin() bool { return slices.Contains(c.AllowedOrigins, "*") }

func checkOrigin(o string) error {
	if o == "*" {
		return nil
	}
	u, err := url.Parse(o)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || o != u.Scheme+"://"+u.Host {
		return core.Invalid(`allowed_origins: %q is not an origin: write "https://shop.example", without a path or a slash at the end`, o)
	}
	return nil
}
