package proxy_test

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// Nothing of a Run goes on after it, but for what the HTTP server keeps for the process: its clock, and the cleaner of its pool of
// goroutines, which looks up every ten seconds.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*HostClient).connsCleaner"),
		goleak.Cleanup(func(code int) {
			if _, err := os.Stat("winnow-data"); code == 0 && err == nil {
				fmt.Fprintln(os.Stderr, "a test kept its data in the default folder: remove winnow-data here, and give the test a folder of its own")
				code = 1
			}
			os.Exit(code)
		}),
	)
}
