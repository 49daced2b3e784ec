//go:build !long

package app_test

import "time"

// outage is how long a part is away in TestOutages.
const outage = 3 * time.Second
