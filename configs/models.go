package configs

import (
	_ "embed" // the list of models
	"fmt"

	"frontdesk/configs/internal/strict"
)

//go:embed models.yaml
var builtinModels []byte

// LocalModel is a language model for one's own machine.
type LocalModel struct {
	Name    string  `yaml:"name" json:"name"`
	Repo    string  `yaml:"repo" json:"repo"` // of a model hub
	File    string  `yaml:"file" json:"file"`
	SHA256  string  `yaml:"sha256" json:"sha256,omitempty"` // "" is what the hub says
	Size    string  `yaml:"size" json:"size"`               // of the file, about
	Memory  string  `yaml:"memory" json:"memory"`           // it wants, about
	Licence string  `yaml:"licence" json:"licence"`
	About   Wording `yaml:"about" json:"about"`
}

// LocalModels is the list of models this program knows.
func LocalModels() ([]LocalModel, error) {
	n, err := strict.Parse("models.yaml", builtinModels)
	if err != nil {
		return nil, asErrors(err)
	}
	var all []LocalModel
	if err := strict.Decode(n, &all); err != nil {
		return nil, fmt.Errorf("list of models: %w", err)
	}
	return all, nil
}

// Models says where local models are kept and fetched from.
type Models struct {
	Dir     string   `yaml:"dir"`     // "" is models in data_dir
	Mirrors []string `yaml:"mirrors"` // base URLs of model hubs, tried in order
}

// hubs serve Hugging Face's addresses; the second is for where the first is not
// reached.
var hubs = []string{"https://huggingface.co", "https://hf-mirror.com"}

func (l *loader) models(m Models) {
	for i, u := range m.Mirrors {
		l.web(fmt.Sprintf("models.mirrors[%d]", i), u)
	}
	if len(m.Mirrors) == 0 {
		l.fail("models.mirrors", "is empty: name one, or leave the key out for the usual ones")
	}
}
