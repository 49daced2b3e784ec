//go:build long

package main

import "time"

// How long and how hard TestReplicasDie tries: ten minutes.
const (
	chaosUsers  = 2000
	chaosEvents = 60
	chaosEvery  = 10 * time.Second
)
