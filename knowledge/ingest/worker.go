package ingest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"time"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// request is the first line a child reads; the file follows.
type request struct {
	Name   string `json:"name"`
	Kind   kind   `json:"kind"`
	Limits Limits `json:"limits"`
	Size   int    `json:"size"`           // of the file, in bytes
	Draw   []int  `json:"draw,omitempty"` // pages to draw, from 1, instead of reading
}

// reply is what it writes. Invalid is for the person who gave the file.
type reply struct {
	Parsed  knowledge.Parsed `json:"parsed"`
	Invalid string           `json:"invalid,omitempty"`
	Failed  string           `json:"failed,omitempty"`
	// Pictures are the pages asked for, as JPEG; empty where one has none.
	Pictures [][]byte `json:"pictures,omitempty"`
}

// mostReply bounds what is read from a child.
const mostReply = 256 << 20

// outOfMemory is a child's exit code when it went over its memory. The runtime's
// own end, when the kernel refuses it memory, has code 2.
const outOfMemory = 3

// child reads data in a child process. One runs at a time: each needs hundreds
// of megabytes, and documents are not changed by the dozen.
func (p *Parser) child(ctx context.Context, req request, data []byte) (reply, error) {
	p.once.Do(func() { p.slot = make(chan struct{}, 1) })
	select {
	case p.slot <- struct{}{}:
		defer func() { <-p.slot }()
	case <-ctx.Done():
		return reply{}, ctx.Err()
	}
	timed, cancel := context.WithTimeout(ctx, req.Limits.Time)
	defer cancel()
	alive := newWatchdog(req.Limits.Silence, cancel)
	defer alive.stop()
	req.Size = len(data)
	head, err := json.Marshal(req)
	if err != nil {
		return reply{}, err
	}
	out, complaint := &answers{bounded: bounded{left: mostReply}, tell: func(pr knowledge.Progress) { alive.sign(); pass(ctx, pr) }}, &keep{bounded{left: 4096}}
	var cmd *exec.Cmd
	if p.Worker != nil {
		cmd = p.Worker(timed)
	}
	if cmd == nil {
		return reply{}, fmt.Errorf("%s files are read by a process of their own, and this program has none", req.Kind)
	}
	cmd.Stdin = io.MultiReader(bytes.NewReader(append(head, '\n')), bytes.NewReader(data))
	cmd.Stdout, cmd.Stderr = out, complaint
	cmd.Env = plainEnv()
	cmd.WaitDelay = 2 * time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		return reply{}, ctx.Err()
	}
	if alive.fired() {
		return reply{}, core.Invalid("%s cannot be read: nothing came of it for %v; it is damaged or asks for too much; print or save it again as %s", req.Name, req.Limits.Silence, req.Kind)
	}
	if timed.Err() != nil {
		return reply{}, core.Invalid("%s took longer than %v to read: split it into several files", req.Name, req.Limits.Time)
	}
	if err != nil {
		return reply{}, ended(req, err, complaint.buf.String())
	}
	return answer(out.buf.Bytes())
}

// pass passes progress on; a child that only says that it began has none.
func pass(ctx context.Context, p knowledge.Progress) {
	if p.Total > 0 {
		knowledge.Report(ctx, p)
	}
}

// watchdog ends a child that gives no sign for some time. It waits for the first
// sign without end: starting the engine may take long, and asks for nothing.
type watchdog struct {
	mu    sync.Mutex // the rest
	timer *time.Timer
	after time.Duration
	end   func()
	bit   bool
}

func newWatchdog(after time.Duration, end func()) *watchdog {
	return &watchdog{after: after, end: end}
}

func (w *watchdog) sign() {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.after <= 0:
	case w.timer == nil:
		w.timer = time.AfterFunc(w.after, w.bite)
	default:
		w.timer.Reset(w.after)
	}
}

func (w *watchdog) bite() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bit = true
	w.end()
}

func (w *watchdog) fired() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.bit
}

func (w *watchdog) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
	}
}

// ended explains a child that did not answer.
func ended(req request, err error, complaint string) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return fmt.Errorf("start the reader of %s files: %w", req.Kind, err)
	}
	if exit.ExitCode() == outOfMemory || strings.Contains(complaint, "out of memory") || strings.Contains(complaint, "cannot allocate") {
		return core.Invalid("%s needs more than %d MB to read: split it into several files", req.Name, req.Limits.Memory>>20)
	}
	return core.Invalid("%s cannot be read, the %s reader ended with %v: the file is damaged or asks for too much; print or save it again as %s", req.Name, req.Kind, exit, req.Kind)
}

func answer(out []byte) (reply, error) {
	var r reply
	if err := json.Unmarshal(out, &r); err != nil {
		return reply{}, fmt.Errorf("reader's reply: %w", err)
	}
	switch {
	case r.Invalid != "":
		return reply{}, core.Invalid("%s", r.Invalid)
	case r.Failed != "":
		return reply{}, errors.New(r.Failed)
	}
	return r, nil
}

// plainEnv is an environment without anybody's secrets: a file that takes the
// child over finds none.
func plainEnv() []string {
	var out []string
	for _, key := range []string{"PATH", "HOME", "TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME", "LOCALAPPDATA", "USERPROFILE", "SystemRoot", "GOCOVERDIR", WorkerEnv} {
		if v, ok := os.LookupEnv(key); ok {
			out = append(out, key+"="+v)
		}
	}
	return out
}

// WorkerEnv is passed on to the child, for programs that tell by it what they are.
const WorkerEnv = "FRONTDESK_INGEST_WORKER"

// WorkerMain is the child: it reads one file from stdin and writes what it holds
// to stdout. It returns an error only when it could do neither.
func WorkerMain(stdin io.Reader, stdout io.Writer) error {
	in := bufio.NewReader(stdin)
	head, err := in.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("read request: %w", err)
	}
	var req request
	if err := json.Unmarshal(head, &req); err != nil {
		return fmt.Errorf("read request: %w", err)
	}
	stop, err := confine(req.Limits.Memory)
	if err != nil {
		return err
	}
	defer stop()
	data := make([]byte, req.Size)
	if _, err := io.ReadFull(in, data); err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	var r reply
	sign := func(p knowledge.Progress) { _, _ = fmt.Fprintf(stdout, "#%d %d\n", p.Done, p.Total) } // the reply would fail too
	if req.Kind != pdfFile {
		sign(knowledge.Progress{}) // a PDF's engine starts first
	}
	r, err = readGuarded(req, data, sign)
	var invalid *core.InputError
	if errors.As(err, &invalid) {
		r.Invalid = invalid.Msg
	} else if err != nil {
		r.Failed = err.Error()
	}
	return json.NewEncoder(stdout).Encode(r)
}

// readGuarded turns a panic of a reader into an error.
func readGuarded(req request, data []byte, tell func(knowledge.Progress)) (out reply, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = core.Invalid("%s cannot be read (%v): the file is damaged; save it again", req.Name, p)
		}
	}()
	switch {
	case len(req.Draw) > 0:
		out.Pictures, err = draw(req, data, tell)
	case req.Kind == pdfFile:
		out.Parsed, err = readPDF(req.Name, data, req.Limits, tell)
	case req.Kind == xlsxFile:
		out.Parsed, err = readXLSX(req.Name, data, req.Limits)
	default:
		out.Parsed, err = read(req.Kind, req.Name, data, req.Limits)
	}
	return out, err
}

// confine bounds this process's memory: the collector works harder near the
// bound, a watch ends the process beyond it, and where the kernel can, it
// refuses what grows faster than the watch looks. The kernel counts the heap's
// arenas whole, of 64 MB each, and the runtime dies of a refusal in ways that do
// not say so: hence the distance.
func confine(limit int64) (stop func(), err error) {
	debug.SetMemoryLimit(limit * 3 / 4)
	if err := limitData(2*limit + 512<<20); err != nil {
		return nil, fmt.Errorf("limit memory: %w", err)
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		watch(done, limit)
	}()
	return func() { close(done); <-ended }, nil
}

func watch(done <-chan struct{}, limit int64) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			if used() > limit*7/8 { // what grows between two looks is within the limit
				os.Exit(outOfMemory)
			}
		}
	}
}

// used is what the runtime holds and has not given back.
func used() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64() - s[1].Value.Uint64())
}

// bounded keeps what is written up to a bound and refuses the rest. The buffer
// is not embedded: its ReadFrom would go round the bound.
type bounded struct {
	buf  bytes.Buffer
	left int
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	b.left -= n
	_, _ = b.buf.Write(p[:n]) // it never fails
	if n < len(p) {
		return n, errors.New("too much output")
	}
	return n, nil
}

// answers is what a child says: lines of progress, "#done total", and its reply.
type answers struct {
	bounded
	tell func(knowledge.Progress)
	line []byte // of progress, under way
	said bool   // the reply began
}

// Write implements io.Writer.
func (a *answers) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 && !a.said {
		if len(a.line) == 0 && p[0] != '#' {
			a.said = true
			break
		}
		end := bytes.IndexByte(p, '\n')
		if a.line = append(a.line, p[:max(end, 0)]...); end < 0 {
			a.line = append(a.line, p...)
		}
		if len(a.line) > 64 {
			return 0, errors.New("too much output")
		}
		if end < 0 {
			return n, nil
		}
		var pr knowledge.Progress
		if _, err := fmt.Sscanf(string(a.line), "#%d %d", &pr.Done, &pr.Total); err == nil {
			a.tell(pr)
		}
		a.line, p = a.line[:0], p[end+1:]
	}
	if _, err := a.bounded.Write(p); err != nil {
		return 0, err
	}
	return n, nil
}

// keep is a bounded that drops the rest in silence: a long complaint is no
// reason to end who complains.
type keep struct{ bounded }

// Write implements io.Writer.
func (k *keep) Write(p []byte) (int, error) {
	_, _ = k.bounded.Write(p)
	return len(p), nil
}
