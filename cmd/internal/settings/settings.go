// Package settings finds and reads the configuration, as every program here
// does.
package settings

import (
	"os"

	"frontdesk/channels/builtin"
	"frontdesk/configs"
)

// Default is read if it is there and no other file is named.
const Default = "configs/frontdesk.yaml"

// Variable names the file where no flag does.
const Variable = "FRONTDESK_CONFIG"

// File is the configuration a program uses: the one its flag names, else
// Variable's, else Default if there, else "" for built-in defaults.
func File(flag string) string {
	if flag != "" {
		return flag
	}
	if env := os.Getenv(Variable); env != "" {
		return env
	}
	if _, err := os.Stat(Default); err == nil {
		return Default
	}
	return ""
}

// Load reads file, "" meaning built-in defaults, and checks channel types
// against those this program speaks.
func Load(file string) (*configs.Config, error) {
	var kinds []string
	for kind := range builtin.Kinds() {
		kinds = append(kinds, kind)
	}
	return configs.Load(file, os.LookupEnv, kinds...)
}
