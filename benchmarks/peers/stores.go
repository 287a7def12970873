package main

import (
	"compress/gzip"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// stores has, per object, a piece of text for each family: https://github.com/kubernetes/kube-state-metrics, package
// metrics_store, does it so.
type stores struct {
	headers [][]byte
	objects sync.Map // of [][]byte, one for each header
}

func (s *stores) load(read *page) {
	for _, family := range read.families {
		s.headers = append(s.headers, []byte("# HELP "+family+" "+read.help[family]+"\n# TYPE "+family+" gauge\n"))
	}
	objects := map[string][][]byte{}
	for _, one := range read.samples {
		object := objects[one.object()]
		if object == nil {
			object = make([][]byte, len(s.headers))
			objects[one.object()] = object
		}
		family := slices.Index(read.families, one.family)
		object[family] = append(object[family], one.line...)
	}
	for name, texts := range objects {
		for i, text := range texts {
			texts[i] = slices.Clip(slices.Clone(text)) // no more room than the text needs
		}
		s.objects.Store(name, texts)
	}
}

func (one sample) object() string {
	at := slices.Index(one.names, "entity_id")
	if at < 0 {
		return ""
	}
	return one.values[at]
}

func (s *stores) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	response.Header().Set("Content-Type", "text/plain; version=0.0.4")
	var out io.Writer = response
	if strings.Contains(request.Header.Get("Accept-Encoding"), "gzip") {
		response.Header().Set("Content-Encoding", "gzip")
		compressed := gzip.NewWriter(response)
		defer compressed.Close()
		out = compressed
	}
	s.write(out)
}

func (s *stores) write(out io.Writer) {
	for i, header := range s.headers {
		if _, err := out.Write(header); err != nil {
			return // the client has gone
		}
		s.objects.Range(func(_, texts any) bool {
			_, err := out.Write(texts.([][]byte)[i])
			return err == nil
		})
	}
}
