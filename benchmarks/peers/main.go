// Serves samples the way other exporters do, to be compared: `peers client_golang FILE` or `peers stores FILE`.
//
// FILE is a page in Prometheus' text format. client_golang keeps a gauge for each series and renders all of them at
// every scrape, as most exporters do. stores keeps, per object, the bytes that each family has of it, rendered when the
// object changes, and writes them out at a scrape, compressed where that is asked for: the way of kube-state-metrics.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

var (
	sampleLine = regexp.MustCompile(`^([a-z_]+)(?:\{(.*)\})? (\S+)$`)
	labelPair  = regexp.MustCompile(`([a-z_]+)="((?:[^"\\]|\\.)*)"`)
	unescape   = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n")
)

type sample struct {
	line, family  string
	names, values []string
	value         float64
}

type page struct {
	families []string // in their order
	help     map[string]string
	samples  []sample
}

type server interface {
	http.Handler
	load(*page)
}

func main() {
	servers := map[string]server{"client_golang": &clientGolang{}, "stores": &stores{}}
	serve := servers[os.Args[1]]
	before := resident()
	seconds, series := loaded(serve, os.Args[2])
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	http.Handle("/metrics", serve)
	say(listener.Addr().String(), resident()-before, seconds, series)
	check(http.Serve(listener, nil))
}

// loaded gives the seconds of CPU that holding the samples took, and their number.
func loaded(serve server, path string) (float64, int) {
	read := readPage(path)
	started := cpu()
	serve.load(read)
	return cpu() - started, len(read.samples)
}

func readPage(path string) *page {
	file, err := os.Open(path)
	check(err)
	defer file.Close()
	read := &page{help: map[string]string{}}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		read.add(lines.Text())
	}
	check(lines.Err())
	return read
}

func (p *page) add(line string) {
	if rest, found := strings.CutPrefix(line, "# HELP "); found {
		name, help, _ := strings.Cut(rest, " ")
		p.families, p.help[name] = append(p.families, name), help
	}
	if strings.HasPrefix(line, "#") {
		return
	}
	found := sampleLine.FindStringSubmatch(line)
	value, err := strconv.ParseFloat(found[3], 64)
	check(err)
	one := sample{line: line + "\n", family: strings.Clone(found[1]), value: value}
	for _, pair := range labelPair.FindAllStringSubmatch(found[2], -1) {
		// Cloned, since a part of a line would keep all of it in memory.
		one.names = append(one.names, strings.Clone(pair[1]))
		one.values = append(one.values, strings.Clone(unescape.Replace(pair[2])))
	}
	p.samples = append(p.samples, one)
}

// say tells on a line of JSON what holding the samples took, in MiB and seconds.
func say(address string, memory, seconds float64, series int) {
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"url": "http://" + address + "/metrics", "memory": memory, "build_cpu": seconds, "series": series,
	}))
}

// resident is the memory of the process in MiB, without what only waits to be collected.
func resident() float64 {
	debug.FreeOSMemory()
	told, err := os.ReadFile("/proc/self/statm")
	check(err)
	pages, err := strconv.Atoi(strings.Fields(string(told))[1])
	check(err)
	return float64(pages*os.Getpagesize()) / (1 << 20)
}

func cpu() float64 {
	var used syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
