package app_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestGaps: what the bot really abstains from is listed, what it answers is not.
func TestGaps(t *testing.T) {
	config := strings.Replace(fmt.Sprintf(knowing, "http://127.0.0.1:1", "http://127.0.0.1:1", botFolder(t)), "api_key: sk-secret", `api_key: ""`, 2)
	h := runHouse(t, config)
	for i, q := range []string{"How long is the warranty of the K3 kettle?", "Do you sell tickets to the opera in Vienna?", "do you sell tickets to the opera in Vienna"} {
		if status, body := ask(t, h.url, session(t, h.url), fmt.Sprint(i), q); status != 200 || strings.Contains(body, `"answered"`) != (i == 0) {
			t.Fatalf("%s: %d %s", q, status, body)
		}
	}
	status, body := get(t, h.url+"/api/v1/admin/gaps?bot=default", h.AgentToken())
	if status != 200 || !strings.Contains(body, `"count":2`) || !strings.Contains(body, "opera") || strings.Contains(body, "kettle") || !strings.Contains(body, `"complete":true`) {
		t.Errorf("%d %s", status, body)
	}
}
