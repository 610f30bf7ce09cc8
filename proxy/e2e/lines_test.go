package e2e

import (
	"fmt"
	"strings"
	"time"
)

// line is one message of an application, with planted values in it and harmless words that must survive.
type line struct {
	text string
	keep []string
}

// lines are the messages that every client ships, one record each.
func lines() []line {
	return []line{
		{"payment of order 88213 failed for " + plantedEmail + " after 3 tries", []string{"payment of order 88213 failed for", "after 3 tries"}},
		{"mail to <Mira.Planted@Example.com>, queue 7 is slow", []string{"mail to", "queue 7 is slow"}},
		{"redirect to /welcome?to=mira.planted%40example.com&step=2", []string{"redirect to /welcome", "step=2"}},
		{"charge " + plantedCard + " declined with code 51", []string{"charge", "declined with code 51"}},
		{"charge [" + plantedAmex + "] retried at block 1700000000123", []string{"charge", "retried at block 1700000000123"}},
		{"refund to " + plantedIBAN + " booked, batch 20260314092653", []string{"refund to", "booked, batch 20260314092653"}},
		{"client " + plantedIPv4 + ":52144 closed after 12 requests, nginx 1.25.3", []string{"client", "closed after 12 requests, nginx 1.25.3"}},
		{"peer [" + plantedIPv6 + "]:443 reset", []string{"peer", "reset"}},
		{"lease for " + plantedMAC + " renewed for 3600 s", []string{"lease for", "renewed for 3600 s"}},
		{"applicant ssn " + plantedSSN + " rejected, rule 14", []string{"applicant", "rejected, rule 14"}},
		{"call back " + plantedPhone + " within 4 h", []string{"call back", "within 4 h"}},
		{"session started with " + plantedJWT + " by gateway-3", []string{"session started with", "by gateway-3"}},
		{"upstream said 401 to Authorization: Bearer " + plantedBearer, []string{"upstream said 401 to"}},
		{"upstream said 403 to Authorization: Basic " + plantedBasic, []string{"upstream said 403 to"}},
		{"login attempt user_agent=curl password=" + plantedPassword + " attempt=3", []string{"login attempt", "attempt=3"}},
		{`config loaded {"retries":3,"db":{"password":"` + plantedPassword + `"},"pool":9}`, []string{"config loaded", "pool"}},
		{`event {"payload":"{\"password\":\"` + plantedPassword + `\",\"contact\":\"mira.planted\u0040example.com\"}"} stored`, []string{"event", "stored"}},
		{"connect postgres://orders:" + plantedURLPass + "@db.example.com:5432/shop failed, try 2", []string{"connect postgres://", "failed, try 2"}},
		{"GET /v1/rates?api_key=" + plantedAPIKey + "&base=EUR took 41 ms", []string{"GET /v1/rates", "base=EUR took 41 ms"}},
		{"request with Cookie: sessionid=" + plantedSession + " refused", []string{"request with"}},
		{"key -----BEGIN PRIVATE KEY-----\n" + plantedPEM + "\n-----END PRIVATE KEY----- is not RSA", []string{"key", "is not RSA"}},
		{"cannot open /home/" + plantedPathUser + "/orders/2026.csv: no such file", []string{"cannot open", "orders/2026.csv: no such file"}},
		{"cache warm, 4096 keys, build 3f2a91c, p99 18.25 ms", []string{"cache warm, 4096 keys, build 3f2a91c, p99 18.25 ms"}},
	}
}

// Service Operations fields, the same for every record but for the trace id, which tells which line it is.
const (
	service = "checkout"
	version = "4.17.2"
	level   = "error"
	method  = "POST"
	status  = 502
	millis  = 183.25
)

// at is when the records were written; its nanoseconds must survive.
var at = time.Date(2026, time.March, 14, 9, 26, 53, 123456789, time.UTC)

// traceID of the record of line i.
func traceID(i int) string { return fmt.Sprintf("4bf92f3577b34da6a3ce929d0e0e%04x", i) }

// spanID of the record of line i.
func spanID(i int) string { return fmt.Sprintf("00f067aa0ba9%04x", i) }

// person is what applications log about people in fields of their own, nested as deep as they please. Every planted value is in it once.
func person() map[string]any {
	return map[string]any{
		"id":    plantedUserID,
		"name":  plantedName,
		"email": plantedEmail,
		"billing": map[string]any{
			"methods": []any{
				map[string]any{"card": plantedCard, "backup": strings.ReplaceAll(plantedAmex, " ", "")},
				map[string]any{"iban": plantedIBAN},
			},
			"ssn": plantedSSN,
		},
		"devices": []any{plantedMAC, plantedIPv4, plantedIPv6},
		"contact": "phone " + plantedPhone,
		"auth": map[string]any{
			"authorization": "Bearer " + plantedBearer,
			"proxy":         "Authorization: Basic " + plantedBasic,
			"token":         plantedJWT,
			"password":      plantedPassword,
			"dsn":           "postgres://orders:" + plantedURLPass + "@db.example.com/shop",
			"api_key":       plantedAPIKey,
			"cookie":        "sessionid=" + plantedSession,
			"pem":           "-----BEGIN PRIVATE KEY-----\n" + plantedPEM + "\n-----END PRIVATE KEY-----\n",
		},
		"upload": "/home/" + plantedPathUser + "/photo.jpg",
	}
}

// payload is person as applications log it when they don't know better: JSON in a text.
func payload() string { return mustJSON(map[string]any{"user": person()}) }
