package configs

import (
	"slices"
	"time"
)

// defaults is what a file without a word means. A Config without any file has
// a web channel and a bot besides; see Default.
func defaults() *Config {
	return &Config{
		Server: Server{
			Addr: ":8080", PublicURL: "http://localhost:8080",
			ShutdownTimeout: 30 * time.Second,
		},
		DataDir:   "./data",
		Database:  Database{URL: NewSecret("")},
		Redis:     Redis{URL: NewSecret("")},
		Vectors:   Vectors{URL: NewSecret("embedded:")},
		Embedding: Embedding{URL: "builtin:"},
		Models:    Models{Mirrors: slices.Clone(hubs)},
		Admin:     Admin{InitialUser: "admin"},
		Limits:    Limits{Text: 16e3, Body: 1e6, File: 50e6, InFlightTurns: 4096},
	}
}

// builtin is the file that stands for none: one bot that starts empty, reached
// by the web.
const builtin = `
channels:
  - {id: web, type: web, bot: default, allowed_origins: ["*"]}
bots:
  - {id: default}
`
