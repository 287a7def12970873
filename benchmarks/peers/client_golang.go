package main

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

type clientGolang struct{ http.Handler }

func (c *clientGolang) load(read *page) {
	registry := prometheus.NewRegistry()
	gauges := map[string]*prometheus.GaugeVec{}
	for _, one := range read.samples {
		gauge, known := gauges[one.family]
		if !known {
			options := prometheus.GaugeOpts{Name: one.family, Help: read.help[one.family]}
			gauge = prometheus.NewGaugeVec(options, one.names)
			registry.MustRegister(gauge)
			gauges[one.family] = gauge
		}
		gauge.WithLabelValues(one.values...).Set(one.value)
	}
	c.Handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
}
