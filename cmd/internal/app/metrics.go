package app

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"frontdesk/core"
	"frontdesk/core/engine"
	"frontdesk/core/store"
)

var _ engine.Observer = (*metrics)(nil)

// metrics counts what happens. Labels come from closed sets and configured
// ids, never from what a customer wrote.
type metrics struct {
	reg      *prometheus.Registry
	turns    *prometheus.CounterVec   // channel, outcome
	turn     prometheus.Histogram     // accepted to committed
	stages   *prometheus.HistogramVec // stage
	handoffs *prometheus.CounterVec   // reason
	failed   *prometheus.CounterVec   // channel
	sends    *prometheus.CounterVec   // channel, state
	send     *prometheus.HistogramVec // channel
	http     *prometheus.CounterVec   // route, status
}

// buckets reach from what a turn costs here to what a person still waits for.
var buckets = []float64{.0002, .0005, .001, .002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 15, 60}

func newMetrics(b store.Backend) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "frontdesk", Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "frontdesk", Name: name, Help: help, Buckets: buckets}, labels)
	}
	m := &metrics{
		reg:      prometheus.NewRegistry(),
		turns:    counter("messages_total", "Messages settled, by channel and outcome.", "channel", "outcome"),
		turn:     prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "frontdesk", Name: "turn_seconds", Help: "From acceptance to commit.", Buckets: buckets}),
		stages:   histogram("stage_seconds", "Time in each stage of the pipeline.", "stage"),
		handoffs: counter("handoffs_total", "Conversations passed to people, by reason.", "reason"),
		failed:   counter("turn_failures_total", "Runs of a turn that failed; most are run again.", "channel"),
		sends:    counter("sends_total", "Sends to platforms and desks, by what became of them: queued means it will be tried again.", "channel", "state"),
		send:     histogram("send_seconds", "Time of a send.", "channel"),
		http:     counter("http_requests_total", "Requests by route and status.", "route", "status"),
	}
	m.reg.MustRegister(m.turns, m.turn, m.stages, m.handoffs, m.failed, m.sends, m.send, m.http, &backlog{b: b},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// handler tells what can be told: an error of the store is for its log alone.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.reg, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// Turned implements engine.Observer.
func (m *metrics) Turned(t *core.Turn, _ time.Duration) {
	m.turns.WithLabelValues(t.Work.Envelope.Channel, outcome(t)).Inc()
	m.turn.Observe(t.Now().Sub(t.Work.At).Seconds())
	for _, s := range t.Trace.Steps {
		if s.Stage != "" {
			m.stages.WithLabelValues(s.Stage).Observe(float64(s.Micros) / 1e6)
		}
	}
	if t.Handoff != "" {
		m.handoffs.WithLabelValues(t.Handoff).Inc()
	}
}

// outcome is the last verdict said, or "silent": a person has the case, or the
// message wanted no answer.
func outcome(t *core.Turn) string {
	out := "silent"
	for _, ev := range t.Events() {
		if ev.Verdict != "" {
			out = string(ev.Verdict)
		}
	}
	return out
}

// Failed implements engine.Observer.
func (m *metrics) Failed(w core.Work, _ error) { m.failed.WithLabelValues(w.Envelope.Channel).Inc() }

// Sent implements engine.Observer.
func (m *metrics) Sent(r core.Reply, as core.OutState, took time.Duration) {
	m.sends.WithLabelValues(r.Channel, string(as)).Inc()
	m.send.WithLabelValues(r.Channel).Observe(took.Seconds())
}

// backlog asks the store at each scrape.
type backlog struct{ b store.Backend }

var (
	openTurns = prometheus.NewDesc("frontdesk_queue_depth", "Messages accepted and not settled.", nil, nil)
	openAge   = prometheus.NewDesc("frontdesk_queue_age_seconds", "Age of the oldest of them.", nil, nil)
	unsent    = prometheus.NewDesc("frontdesk_outbox_depth", "Replies not yet with their platform.", nil, nil)
)

// Describe implements prometheus.Collector.
func (b *backlog) Describe(ch chan<- *prometheus.Desc) { ch <- openTurns; ch <- openAge; ch <- unsent }

// Collect implements prometheus.Collector.
func (b *backlog) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	turns, replies, oldest, err := b.b.Pending(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(openTurns, err)
		return
	}
	age := 0.0
	if !oldest.IsZero() {
		age = max(0, time.Since(oldest).Seconds())
	}
	ch <- prometheus.MustNewConstMetric(openTurns, prometheus.GaugeValue, float64(turns))
	ch <- prometheus.MustNewConstMetric(openAge, prometheus.GaugeValue, age)
	ch <- prometheus.MustNewConstMetric(unsent, prometheus.GaugeValue, float64(replies))
}

// route names a request for the metrics, without ids.
func route(path string) string {
	parts := strings.SplitN(strings.TrimPrefix(path, "/"), "/", 5)
	switch {
	case parts[0] == "webhooks" && len(parts) > 1:
		switch parts[1] {
		case "wechat", "telegram", "slack":
			return "/webhooks/" + parts[1]
		}
		return "/webhooks"
	case parts[0] == "api" && len(parts) > 2:
		switch parts[2] {
		case "web", "admin":
			return "/api/v1/" + parts[2]
		}
		return "/api"
	case parts[0] == "healthz", parts[0] == "readyz", parts[0] == "metrics":
		return "/" + parts[0]
	}
	return "/"
}
