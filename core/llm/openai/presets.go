package openai

// Preset is a server of the same API that goes by a name.
type Preset struct {
	BaseURL string
	Local   bool // on this machine: no key, and worth a head start
}

// Presets are the servers known by name. The addresses are those of the
// projects' and vendors' own documentation.
func Presets() map[string]Preset {
	return map[string]Preset{
		"ollama":    {BaseURL: "http://127.0.0.1:11434/v1", Local: true},
		"llama.cpp": {BaseURL: "http://127.0.0.1:8080/v1", Local: true},
		"vllm":      {BaseURL: "http://127.0.0.1:8000/v1", Local: true},
		"deepseek":  {BaseURL: "https://api.deepseek.com/v1"},
		"qwen":      {BaseURL: "https://dashscope.aliyuncs.com/compatible-mode/v1"},
		"zhipu":     {BaseURL: "https://open.bigmodel.cn/api/paas/v4"},
		"moonshot":  {BaseURL: "https://api.moonshot.cn/v1"},
	}
}
