//go:build long

package app_test

import "time"

// outage is how long a part is away in TestOutages.
const outage = 20 * time.Second
