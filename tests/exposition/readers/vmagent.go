package main

import (
	"errors"

	parser "github.com/VictoriaMetrics/VictoriaMetrics/lib/protoparser/prometheus"
)

// vmagents reads as vmagent does a scraped page.
func vmagents(text string, out take) error {
	var wrong []error
	rows, _ := parser.UnmarshalWithMetadata(parser.Rows{}, parser.MetadataRows{}, text, func(line string) {
		wrong = append(wrong, errors.New(line))
	})
	for _, row := range rows.Rows {
		labels := make(map[string]string, len(row.Tags))
		for _, tag := range row.Tags {
			labels[tag.Key] = tag.Value
		}
		out(row.Metric, labels, row.Value)
	}
	return errors.Join(wrong...)
}
