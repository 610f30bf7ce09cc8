package admin

import (
	_ "embed"
	"io"
	"net/http"
)

//go:embed openapi.yaml
var openAPI []byte

// OpenAPI is the description of the API, OpenAPI 3.1 in YAML. The caller owns it.
func OpenAPI() []byte { return append([]byte(nil), openAPI...) }

// description is what the API says of itself, and of who asks.
func description() Resource {
	return Resource{
		{
			Method: http.MethodGet, Path: "/api/v1/openapi.yaml", Roles: everyone,
			Read: func(*Call) (any, error) {
				return Stream{"application/yaml", func(w io.Writer) error {
					_, err := w.Write(openAPI)
					return err
				}}, nil
			},
		},
		{
			Method: http.MethodGet, Path: "/api/v1/caller", Roles: everyone,
			Read: func(c *Call) (any, error) { return c.Caller, nil },
		},
	}
}
