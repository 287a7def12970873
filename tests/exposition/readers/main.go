// Command readers reads an exporter's page as other programs do, and writes what they made of it: a line of JSON per
// sample, with the name, the labels and the value. Labels without a value are left out, as in Prometheus' data model.
//
//	readers opentelemetry URL   scrapes the address, until a scrape has brought samples
//	readers telegraf < TEXT     reads the text format 0.0.4
//	readers vmagent < TEXT      reads either format
//	readers version             says what it was made of
//
// The module's path lies below that of OpenTelemetry's receiver for one reason: the receiver's half that turns samples
// into metrics is open to what lies there, and the other half brings the libraries of every cloud's service discovery.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// sample is one value as a reader understood it; the value is text, since JSON has no infinity.
type sample struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels"`
	Value  string            `json:"value"`
}

// take gets every sample of a reader; labels are its to keep.
type take func(name string, labels map[string]string, value float64)

func number(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }

// with is labels and one more.
func with(labels map[string]string, name, value string) map[string]string {
	more := maps.Clone(labels)
	more[name] = value
	return more
}

func written(to io.Writer) take {
	encoder := json.NewEncoder(to)
	return func(name string, labels map[string]string, value float64) {
		maps.DeleteFunc(labels, func(_, value string) bool { return value == "" })
		_ = encoder.Encode(sample{name, labels, number(value)})
	}
}

func read(arguments []string, out take) error {
	if len(arguments) == 2 && arguments[0] == "opentelemetry" {
		return openTelemetry(arguments[1], out)
	}
	if len(arguments) == 1 && arguments[0] == "version" {
		return version()
	}
	if len(arguments) != 1 {
		return errors.New("what reads? opentelemetry, telegraf or vmagent")
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	switch arguments[0] {
	case "telegraf":
		return telegrafs(text, out)
	case "vmagent":
		return vmagents(string(text), out)
	}
	return fmt.Errorf("%q is none of opentelemetry, telegraf, vmagent", arguments[0])
}

func version() error {
	build, _ := debug.ReadBuildInfo()
	var made []string
	for _, module := range build.Deps {
		for _, reader := range []string{"/prometheusreceiver", "/telegraf", "/VictoriaMetrics"} {
			if strings.HasSuffix(module.Path, reader) {
				made = append(made, path.Base(module.Path)+" "+module.Version)
			}
		}
	}
	_, err := fmt.Println(strings.Join(made, ", "))
	return err
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	err := read(os.Args[1:], written(out))
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
