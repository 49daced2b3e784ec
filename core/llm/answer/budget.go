package answer

import (
	"time"

	"frontdesk/core/llm"
)

// Default is the time an answer has where nothing is known of the channel: what
// people wait on a web page.
var Default = llm.Budget{FirstToken: 5 * time.Second, Total: 15 * time.Second}
