package main

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/prometheusreceiver/internal"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/scrape"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"
)

const (
	job      = "reading"
	every    = "1s"
	patience = time.Minute
)

// openTelemetry scrapes as OpenTelemetry's receiver does, with its transaction behind Prometheus' scrapes.
func openTelemetry(address string, out take) error {
	target, err := url.Parse(address)
	if err != nil {
		return err
	}
	arrived := make(chan pmetric.Metrics)
	manager, err := scraping(target.Path, arrived)
	if err != nil {
		return err
	}
	groups := make(chan map[string][]*targetgroup.Group, 1)
	at := model.LabelSet{model.AddressLabel: model.LabelValue(target.Host)}
	groups <- map[string][]*targetgroup.Group{job: {{Targets: []model.LabelSet{at}, Source: "0"}}}
	go func() { _ = manager.Run(groups) }()
	return first(arrived, out)
}

func scraping(path string, arrived chan<- pmetric.Metrics) (*scrape.Manager, error) {
	sink, err := consumer.NewMetrics(func(_ context.Context, metrics pmetric.Metrics) error {
		copied := pmetric.NewMetrics()
		metrics.CopyTo(copied)
		arrived <- copied
		return nil
	})
	if err != nil {
		return nil, err
	}
	store, err := internal.NewAppendable(sink, settings(), true, labels.EmptyLabels(), false)
	if err != nil {
		return nil, err
	}
	options := scrape.Options{PassMetadataInContext: true, DiscoveryReloadOnStartup: true}
	manager, err := scrape.NewManager(&options, nil, nil, nil, store, prometheus.NewRegistry())
	if err != nil {
		return nil, err
	}
	text := "{global: {scrape_interval: " + every + ", scrape_timeout: " + every + "}, scrape_configs: [{job_name: " +
		job + ", metrics_path: " + path + "}]}"
	loaded, err := config.Load(text, nil)
	if err != nil {
		return nil, err
	}
	return manager, manager.ApplyConfig(loaded)
}

func settings() receiver.Settings {
	return receiver.Settings{
		ID: component.MustNewID("prometheus"),
		TelemetrySettings: component.TelemetrySettings{
			Logger:         zap.NewNop(),
			MeterProvider:  metricnoop.NewMeterProvider(),
			TracerProvider: tracenoop.NewTracerProvider(),
			Resource:       pcommon.NewResource(),
		},
	}
}

// first gives what the first scrape brought that brought more than what the scraper says of itself.
func first(arrived <-chan pmetric.Metrics, out take) error {
	late := time.After(patience)
	for {
		select {
		case metrics := <-arrived:
			if told(metrics, out) {
				return nil
			}
		case <-late:
			return errors.New("no scrape brought a sample")
		}
	}
}

func told(metrics pmetric.Metrics, out take) bool {
	some := false
	for _, resource := range metrics.ResourceMetrics().All() {
		for _, scope := range resource.ScopeMetrics().All() {
			for _, metric := range scope.Metrics().All() {
				if name := metric.Name(); name == "up" || strings.HasPrefix(name, "scrape_") {
					continue
				}
				some = true
				points(metric, out)
			}
		}
	}
	return some
}

// points gives every value of a metric the name that it has on the page.
func points(metric pmetric.Metric, out take) {
	switch metric.Type() {
	case pmetric.MetricTypeGauge:
		numbers(metric.Name(), metric.Gauge().DataPoints(), out)
	case pmetric.MetricTypeSum:
		numbers(metric.Name(), metric.Sum().DataPoints(), out)
	case pmetric.MetricTypeHistogram:
		for _, point := range metric.Histogram().DataPoints().All() {
			histogram(metric.Name(), point, out)
		}
	}
}

func numbers(name string, points pmetric.NumberDataPointSlice, out take) {
	for _, point := range points.All() {
		value := point.DoubleValue()
		if point.ValueType() == pmetric.NumberDataPointValueTypeInt {
			value = float64(point.IntValue())
		}
		out(name, attributes(point.Attributes()), value)
	}
}

func histogram(name string, point pmetric.HistogramDataPoint, out take) {
	out(name+"_count", attributes(point.Attributes()), float64(point.Count()))
	out(name+"_sum", attributes(point.Attributes()), point.Sum())
	total := uint64(0)
	for i, count := range point.BucketCounts().All() {
		total += count
		le := "+Inf"
		if i < point.ExplicitBounds().Len() {
			le = number(point.ExplicitBounds().At(i))
		}
		out(name+"_bucket", with(attributes(point.Attributes()), "le", le), float64(total))
	}
}

func attributes(of pcommon.Map) map[string]string {
	labels := make(map[string]string, of.Len())
	for name, value := range of.All() {
		labels[name] = value.AsString()
	}
	return labels
}
