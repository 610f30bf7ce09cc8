// Command refuser is the yardstick of scenario "overload": it reads every request and answers 503, and does nothing else.
//
//	refuser ADDRESS
//
// A GET is answered 200. It runs until it is killed.
package main

import (
	"fmt"
	"os"

	"github.com/valyala/fasthttp"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: refuser ADDRESS")
		os.Exit(2)
	}
	s := fasthttp.Server{Handler: refuse, MaxRequestBodySize: 1 << 20}
	if err := s.ListenAndServe(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "refuser:", err)
		os.Exit(1)
	}
}

func refuse(ctx *fasthttp.RequestCtx) {
	if ctx.IsGet() {
		return
	}
	ctx.SetStatusCode(fasthttp.StatusServiceUnavailable)
	ctx.SetBodyString("busy\n")
}
