package obs

import (
	"context"
	"database/sql"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/qianmo/qianmo/internal/platform/work"
)

// Metrics is one registry. Names begin with qianmo_; label values must come
// from small closed sets (operations, kinds, states), never from people.
type Metrics struct {
	registry *prometheus.Registry
	requests Counter
	seconds  Histogram
	items    Counter
	worked   Histogram
}

// NewMetrics starts a registry with the process, the build, requests and
// background work.
func NewMetrics(b Build) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.Gauge("build_info", "What is running; always 1.", "version", "revision", "go").Set(1, b.Version, b.Revision, b.Go)
	m.requests = m.Counter("http_requests_total", "Answers by operation and status.", "operation", "status")
	m.seconds = m.Histogram("http_request_seconds", "Time to answer by operation.", "operation")
	m.items = m.Counter("work_events_total", "What happened to background work items.", "kind", "event")
	m.worked = m.Histogram("work_seconds", "Time of one run of a work item.", "kind")
	return m
}

// Handler answers in Prometheus' text form.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Timeout: 10 * time.Second, Registry: m.registry})
}

// Request counts one answer; an operation without a name is "other".
func (m *Metrics) Request(operation string, status int, took time.Duration) {
	if operation == "" {
		operation = "other"
	}
	m.requests.Add(1, operation, strconv.Itoa(status))
	m.seconds.Observe(took.Seconds(), operation)
}

// Work counts an event of background work; it fits work.Config.Observe.
func (m *Metrics) Work(e work.Event) {
	m.items.Add(1, e.Kind, e.Name)
	if e.Took > 0 {
		m.worked.Observe(e.Took.Seconds(), e.Kind)
	}
}

// Database shows a connection pool's use under a name.
func (m *Metrics) Database(name string, pool *sql.DB) {
	m.registry.MustRegister(collectors.NewDBStatsCollector(pool, name))
}

// Counter is a number that only grows.
type Counter struct{ vec *prometheus.CounterVec }

// Counter adds a counter. A name twice is a mistake in the wiring and panics.
func (m *Metrics) Counter(name, help string, labels ...string) Counter {
	c := Counter{prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "qianmo", Name: name, Help: help}, labels)}
	m.registry.MustRegister(c.vec)
	return c
}

// Add adds n for the values of the labels, in their order.
func (c Counter) Add(n uint64, values ...string) { c.vec.WithLabelValues(values...).Add(float64(n)) }

// Gauge is a number that goes up and down.
type Gauge struct{ vec *prometheus.GaugeVec }

// Gauge adds a gauge.
func (m *Metrics) Gauge(name, help string, labels ...string) Gauge {
	g := Gauge{prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "qianmo", Name: name, Help: help}, labels)}
	m.registry.MustRegister(g.vec)
	return g
}

// Set sets the number for the values of the labels.
func (g Gauge) Set(n int64, values ...string) { g.vec.WithLabelValues(values...).Set(float64(n)) }

// Histogram is a distribution, from a millisecond to a minute.
type Histogram struct{ vec *prometheus.HistogramVec }

// Histogram adds a histogram of seconds.
func (m *Metrics) Histogram(name, help string, labels ...string) Histogram {
	h := Histogram{prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: "qianmo", Name: name, Help: help,
		Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60},
	}, labels)}
	m.registry.MustRegister(h.vec)
	return h
}

// Observe adds one measurement.
func (h Histogram) Observe(seconds float64, values ...string) {
	h.vec.WithLabelValues(values...).Observe(seconds)
}

// OnScrape adds a gauge whose values are read when somebody asks: one for
// each value of the label, such as the work items in each state. When reading
// fails the scrape goes on without it.
func (m *Metrics) OnScrape(name, help, label string, read func(context.Context) (map[string]int64, error)) {
	m.registry.MustRegister(scraped{prometheus.NewDesc("qianmo_"+name, help, []string{label}, nil), read})
}

type scraped struct {
	desc *prometheus.Desc
	read func(context.Context) (map[string]int64, error)
}

// Describe implements prometheus.Collector.
func (s scraped) Describe(to chan<- *prometheus.Desc) { to <- s.desc }

// Collect implements prometheus.Collector.
func (s scraped) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	values, err := s.read(ctx)
	if err != nil {
		return
	}
	for value, n := range values {
		to <- prometheus.MustNewConstMetric(s.desc, prometheus.GaugeValue, float64(n), value)
	}
}
