// Package configs reads what the gateway is told: the configuration file, and
// the folders that define bots.
//
// Load reads one YAML file strictly. Every key has a default and a line in
// frontdesk.yaml, the commented reference. A value may hold ${VAR} or
// ${VAR:-default}; "$${" is a plain "${". A single value outside lists may be
// overridden by an environment variable made of its path: server.public_url by
// FRONTDESK_SERVER_PUBLIC_URL. A secret may be given as a file, "<key>_file".
// Relative paths in a file belong to the file's folder; those in environment
// variables to the working directory.
//
// All mistakes are reported at once, each with file, line, column, cause and
// cure, and never with the value of a secret. The result is plain values:
// nothing below cmd knows this package.
package configs

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"frontdesk/configs/internal/strict"
)

// Secret is a text that prints masked; Reveal returns it.
type Secret = strict.Secret

// NewSecret makes a Secret of a text that comes from elsewhere than the file.
func NewSecret(text string) Secret { return strict.NewSecret(text) }

// Error is one mistake with its place; Errors are all of a file. Load and
// LoadBot return them.
type (
	Error  = strict.Error
	Errors = strict.Errors
	// Pos is where a value was written.
	Pos = strict.Pos
)

// Config is the whole configuration, with defaults filled in and checked.
type Config struct {
	Server    Server        `yaml:"server"`
	DataDir   string        `yaml:"data_dir"`
	Database  Database      `yaml:"database"`
	Redis     Redis         `yaml:"redis"`
	Vectors   Vectors       `yaml:"vectors"`
	Embedding Embedding     `yaml:"embedding"`
	Knowledge Knowledge     `yaml:"knowledge"`
	LLM       LLM           `yaml:"llm"`
	Models    Models        `yaml:"models"`
	Admin     Admin         `yaml:"admin"`
	Limits    Limits        `yaml:"limits"`
	Tools     Tools         `yaml:"tools"`
	Channels  []Channel     `yaml:"channels"`
	Bots      []BotSettings `yaml:"bots"`
}

// Server is where the gateway listens and how it is reached.
type Server struct {
	Addr            string        `yaml:"addr"`             // host:port; no host is all interfaces
	PublicURL       string        `yaml:"public_url"`       // as platforms and browsers reach it; no slash at the end
	ShutdownTimeout time.Duration `yaml:"shutdown_timeout"` // for the drain
	DrainDelay      time.Duration `yaml:"drain_delay"`      // /readyz says 503 so long before it begins: a balancer's time to look away
	TrustedProxies  []string      `yaml:"trusted_proxies"`  // addresses and networks whose X-Forwarded-For is believed
}

// Proxies are TrustedProxies as networks; what is none is left out, and told by
// Load.
func (s Server) Proxies() (out []netip.Prefix) {
	for _, p := range s.TrustedProxies {
		if n, ok := network(p); ok {
			out = append(out, n)
		}
	}
	return out
}

// network reads "10.0.0.0/8", or one address.
func network(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

// Database holds the truth. An empty URL is SQLite in DataDir, else postgres://.
type Database struct {
	URL Secret `yaml:"url"`
}

// Redis joins replicas. An empty URL does without.
type Redis struct {
	URL Secret `yaml:"url"`
}

// Vectors is where vectors are kept: "embedded:" or milvus://host:port.
type Vectors struct {
	URL Secret `yaml:"url"`
}

// Embedding is what makes vectors of texts: "builtin:", the base URL of an
// OpenAI-compatible server, or "none:", with which words alone are compared.
type Embedding struct {
	URL    string `yaml:"url"`
	Model  string `yaml:"model"`
	APIKey Secret `yaml:"api_key"`
}

// LLM lists the language models, tried in order.
type LLM struct {
	Providers []Provider `yaml:"providers"`
	Prices    string     `yaml:"prices"` // file of prices; "" is the built-in one
}

// Provider is one language model. An empty BaseURL is the vendor's own.
type Provider struct {
	Name              string        `yaml:"name"`
	Kind              string        `yaml:"kind"` // one of providerKinds
	BaseURL           string        `yaml:"base_url"`
	APIKey            Secret        `yaml:"api_key"`
	Model             string        `yaml:"model"`
	Timeout           time.Duration `yaml:"timeout"`             // of a whole answer
	FirstTokenTimeout time.Duration `yaml:"first_token_timeout"` // 0: Timeout alone counts
	Proxy             Secret        `yaml:"proxy"`               // URL; "" is what HTTPS_PROXY says, except for this machine
}

// SetDefaults implements strict.Defaulter.
func (p *Provider) SetDefaults() { *p = Provider{Kind: "openai", Timeout: 8 * time.Second} }

// providerKinds are the kinds of language model: the two APIs, and then servers
// that speak as OpenAI does at an address of their own; localKinds want no key.
var (
	providerKinds = []string{"openai", "anthropic", "ollama", "llama.cpp", "vllm", "deepseek", "qwen", "zhipu", "moonshot"}
	localKinds    = []string{"ollama", "llama.cpp", "vllm"}
)

// Skip is why the provider is left out, "" if it is used: its key is written
// but empty, or there is none and the vendor's own URL wants one.
func (p Provider) Skip() string {
	switch {
	case p.APIKey.Written() && p.APIKey.Reveal() == "":
		return fmt.Sprintf("language model %s is skipped: its api_key is empty", p.Name)
	case p.BaseURL == "" && p.APIKey.Reveal() == "" && !slices.Contains(localKinds, p.Kind):
		return fmt.Sprintf("language model %s is skipped: it has no base_url, and the vendor's own wants an api_key", p.Name)
	}
	return ""
}

// Usable returns the providers in order, and a warning for each one skipped.
func (l LLM) Usable() (use []Provider, warnings []string) {
	for _, p := range l.Providers {
		if why := p.Skip(); why != "" {
			warnings = append(warnings, why)
			continue
		}
		use = append(use, p)
	}
	return use, warnings
}

// Admin is the first person of an empty database.
type Admin struct {
	InitialUser     string `yaml:"initial_user"`
	InitialPassword Secret `yaml:"initial_password"` // empty: generated, printed once
}

// Limits bound what a customer or a platform may send.
type Limits struct {
	Text          Size `yaml:"text"`
	Body          Size `yaml:"body"`
	File          Size `yaml:"file"`
	InFlightTurns int  `yaml:"in_flight_turns"`
}

// BotSettings is a bot as the configuration names it. What is zero was not
// written: the bot's folder, or else the default, decides. See Bot.Under.
type BotSettings struct {
	ID        string   `yaml:"id"`
	Name      string   `yaml:"name"`
	Languages []string `yaml:"languages"`
	TimeZone  string   `yaml:"time_zone"`
	Dir       string   `yaml:"dir"` // "" is a bot that starts empty
	NLU       NLU      `yaml:"nlu"`
	Handoff   Handoff  `yaml:"handoff"`
	Tools     []string `yaml:"tools"` // names of those it may use

	Guard       *Guard      `yaml:"guard"` // nil: the folder's
	Spend       *Spend      `yaml:"spend"` // nil: no bound
	AnswerTime  Patience    `yaml:"answer_time"`
	AnswerCache AnswerCache `yaml:"answer_cache"`
}

// NLU chooses what understands a bot's customers.
type NLU struct {
	Recognizer string `yaml:"recognizer"` // linear, remote, or llm: the language model of llm.providers
	URL        string `yaml:"url"`        // of the remote one
}

// Handoff says when a person is wanted, and where people work.
type Handoff struct {
	Threshold *float64 `yaml:"threshold"` // confidence in [0,1] below which; nil: not written
	Desk      Desk     `yaml:"desk"`
}

// Desk is a room of a channel where a bot's cases are shown. Without a channel
// it is the panel's inbox alone.
type Desk struct {
	Channel string `yaml:"channel"`
	Room    string `yaml:"room"`
}

// Bot returns the settings of the bot id, nil if the file has none.
func (c *Config) Bot(id string) *BotSettings {
	for i := range c.Bots {
		if c.Bots[i].ID == id {
			return &c.Bots[i]
		}
	}
	return nil
}
