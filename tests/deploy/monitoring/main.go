// Command monitoring reads one object of the Prometheus Operator from standard input and says what the operator's
// own types make of it. A field that they lack is an error: an API server would drop it, or refuse the object.
// Nothing at all is no error.
package main

import (
	"fmt"
	"io"
	"os"

	v1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"sigs.k8s.io/yaml"
)

var kinds = map[string]any{
	"PodMonitor":     &v1.PodMonitor{},
	"PrometheusRule": &v1.PrometheusRule{},
	"ServiceMonitor": &v1.ServiceMonitor{},
}

func check(text []byte) error {
	var object struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err := yaml.Unmarshal(text, &object); err != nil {
		return err
	}
	kind, known := kinds[object.Kind]
	if !known || object.APIVersion != v1.SchemeGroupVersion.String() {
		return fmt.Errorf("%s %q is none of the kinds this knows", object.APIVersion, object.Kind)
	}
	return yaml.UnmarshalStrict(text, kind)
}

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err == nil && len(text) > 0 {
		err = check(text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
