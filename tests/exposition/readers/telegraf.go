package main

import (
	"fmt"

	"github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/plugins/parsers/prometheus"
)

// telegrafs reads as Telegraf's input does with its default, metrics of version 1: the measurement is the family,
// and the fields are its values, a histogram's bounds among them.
func telegrafs(text []byte, out take) error {
	parser := prometheus.Parser{MetricVersion: 1}
	metrics, err := parser.Parse(text)
	for _, metric := range metrics {
		for _, field := range metric.FieldList() {
			value, is := field.Value.(float64)
			if !is {
				return fmt.Errorf("%s has a field %s that is %T", metric.Name(), field.Key, field.Value)
			}
			named(metric, field.Key, value, out)
		}
	}
	return err
}

// named gives a field the name that it has on the page.
func named(metric telegraf.Metric, field string, value float64, out take) {
	labels := metric.Tags()
	switch {
	case field == "gauge" || field == "counter" || field == "value":
		out(metric.Name(), labels, value)
	case field == "count" || field == "sum":
		out(metric.Name()+"_"+field, labels, value)
	case metric.Type() == telegraf.Histogram:
		out(metric.Name()+"_bucket", with(labels, "le", field), value)
	default:
		out(metric.Name(), with(labels, "quantile", field), value)
	}
}
