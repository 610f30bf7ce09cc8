package codec

import "winnow/config"

// Credentials are the places where clients of a protocol put the key that they were given.
type Credentials struct {
	// Headers by canonical name, beside Authorization, which all protocols know.
	Headers []string
	// Parameters of the query.
	Parameters []string
}

// credentials by protocol. What is not here stays here, whatever an upstream says.
var credentials = map[config.Protocol]Credentials{
	config.ProtocolClickHouse: {Headers: []string{"X-Clickhouse-User", "X-Clickhouse-Key"}, Parameters: []string{"user", "password"}},
	config.ProtocolSentry:     {Headers: []string{"X-Sentry-Auth"}, Parameters: []string{"sentry_key", "sentry_secret"}},
	config.ProtocolSplunk:     {Parameters: []string{"token"}},
	config.ProtocolDatadog:    {Headers: []string{"Dd-Api-Key"}, Parameters: []string{"dd-api-key", "api_key"}},
}

// CredentialsOf returns where clients of a protocol put their keys. Not to be changed.
func CredentialsOf(p config.Protocol) Credentials { return credentials[p] }
