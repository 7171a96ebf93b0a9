package web

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts what the process does. Safe for concurrent use.
type Metrics struct {
	registry   *prometheus.Registry
	deliveries *prometheus.CounterVec
	events     *prometheus.CounterVec
	messages   *prometheus.CounterVec
}

// Gauge is a number that is read when somebody asks. Gauges of one name have the same Help and differ in their Labels.
type Gauge struct {
	Name, Help string
	Labels     map[string]string // a closed set; may be nil
	Read       func() float64
}

// NewMetrics returns counters at zero and the gauges it is given.
func NewMetrics(gauges []Gauge) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "shopwarden_webhook_deliveries_total",
			Help: "Webhook deliveries by platform and result."}, []string{"platform", "result"}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "shopwarden_events_total",
			Help: "Events of acknowledged deliveries, by platform: accepted, or of unknown type."}, []string{"platform", "kind"}),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "shopwarden_messages_total",
			Help: "Attempts to send a message by kind and outcome."}, []string{"kind", "outcome"}),
	}
	m.registry.MustRegister(m.deliveries, m.events, m.messages)
	for _, g := range gauges {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: g.Name, Help: g.Help, ConstLabels: g.Labels}, g.Read))
	}
	return m
}

// Handler serves the metrics in Prometheus' text format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Delivery counts one webhook delivery.
func (m *Metrics) Delivery(platform, result string) {
	m.deliveries.WithLabelValues(platform, result).Inc()
}

// Events counts the events of one acknowledged delivery.
func (m *Metrics) Events(platform string, accepted, unknown int) {
	m.events.WithLabelValues(platform, "accepted").Add(float64(accepted))
	m.events.WithLabelValues(platform, "unknown").Add(float64(unknown))
}

// Observe counts one attempt to send a message.
func (m *Metrics) Observe(kind, outcome string) { m.messages.WithLabelValues(kind, outcome).Inc() }
