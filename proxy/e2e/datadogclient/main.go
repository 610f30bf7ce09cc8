// Datadogclient ships logs with Datadog's own Go client of its API, as an application that uses it would.
//
// It is a module of its own: the client is one package of thousands of files, which takes minutes to compile. Logs come on standard input,
// one JSON object each; they go as one array, and the exit code is 0 once the intake has taken it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/DataDog/datadog-api-client-go/v2/api/datadog"
	"github.com/DataDog/datadog-api-client-go/v2/api/datadogV2"
)

func main() {
	url := flag.String("url", "", "what the intake's path is appended to")
	key := flag.String("key", "", "API key")
	coding := flag.String("coding", "identity", "identity, gzip or deflate")
	flag.Parse()
	if err := ship(os.Stdin, *url, *key, datadogV2.ContentEncoding(*coding)); err != nil {
		fmt.Fprintln(os.Stderr, "datadogclient:", err)
		os.Exit(1)
	}
}

// ship sends all logs of r.
func ship(r io.Reader, url, key string, coding datadogV2.ContentEncoding) error {
	items, err := read(json.NewDecoder(r))
	if err != nil {
		return err
	}
	conf := datadog.NewConfiguration()
	conf.OperationServers["v2.LogsApi.SubmitLog"] = datadog.ServerConfigurations{{URL: url}}
	ctx := context.WithValue(context.Background(), datadog.ContextAPIKeys, map[string]datadog.APIKey{"apiKeyAuth": {Key: key}})
	api := datadogV2.NewLogsApi(datadog.NewAPIClient(conf))
	_, resp, err := api.SubmitLog(ctx, items, *datadogV2.NewSubmitLogOptionalParameters().WithContentEncoding(coding))
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func read(d *json.Decoder) (items []datadogV2.HTTPLogItem, err error) {
	for {
		var item datadogV2.HTTPLogItem
		switch err := d.Decode(&item); {
		case errors.Is(err, io.EOF):
			return items, nil
		case err != nil:
			return nil, err
		}
		items = append(items, item)
	}
}
