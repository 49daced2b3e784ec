package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/pprof"

	"github.com/spf13/cobra"
)

// cpuProfileFlag is for `bench` and for who looks where the time goes.
func cpuProfileFlag(c *cobra.Command) *string {
	p := c.Flags().String("cpuprofile", "", "write a CPU profile of the whole run to this file")
	_ = c.Flags().MarkHidden("cpuprofile") // it is there: two lines up
	return p
}

func withProfile(file string, f func() error) (err error) {
	if file == "" {
		return f()
	}
	out, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("cpuprofile: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return f()
}
