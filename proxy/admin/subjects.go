package admin

import (
	"context"
	"net/http"
)

// SubjectAct is what is done about a person.
type SubjectAct string

// The acts.
const (
	SubjectAccess   SubjectAct = "access"
	SubjectRestrict SubjectAct = "restrict"
	SubjectRelease  SubjectAct = "release"
	SubjectErase    SubjectAct = "erase"
	SubjectCorrect  SubjectAct = "correct"
	SubjectHold     SubjectAct = "hold"
	SubjectUnhold   SubjectAct = "unhold"
)

// SubjectActs lists them.
var SubjectActs = []SubjectAct{SubjectAccess, SubjectRestrict, SubjectRelease, SubjectErase, SubjectCorrect, SubjectHold, SubjectUnhold}

// SubjectQuery names a person by an identifier in clear, which is neither kept nor told: it comes in a body, and never in a path.
type SubjectQuery struct {
	Kind     string   `json:"kind,omitempty"`
	Value    string   `json:"value,omitempty"`
	Tenant   string   `json:"tenant,omitempty"`
	Purposes []string `json:"purposes,omitempty"`
	Action   string   `json:"action,omitempty"`
	Why      string   `json:"why,omitempty"`
	To       string   `json:"to,omitempty"`
	Call     bool     `json:"call,omitempty"`
}

// Subjects is what an administrator does about persons.
type Subjects interface {
	// Subject is the digest of whom a query names, or the name of the tenant that it is about, for the audit log. The error says what is wrong
	// with the query.
	Subject(q *SubjectQuery) (string, error)
	// Do does an act, and answers with what becomes JSON; result is for the audit log.
	Do(ctx context.Context, actor string, act SubjectAct, q *SubjectQuery, result map[string]string) (any, error)
}

// SubjectsResource is what is under /api/v1/subjects.
func SubjectsResource(s Subjects) Resource {
	var list Resource
	for _, act := range SubjectActs {
		list = append(list, Operation{
			Method: http.MethodPost, Path: "/api/v1/subjects/" + string(act), Roles: officers, Act: "subject." + string(act), Plan: planSubject(s, act),
		})
	}
	return list
}

func planSubject(s Subjects, act SubjectAct) func(*Call) (Plan, error) {
	return func(c *Call) (Plan, error) {
		var q SubjectQuery
		if err := c.Decode(&q); err != nil {
			return Plan{}, err
		}
		object, err := s.Subject(&q)
		if err != nil {
			return Plan{}, err
		}
		details := map[string]string{}
		for name, value := range map[string]string{"tenant": q.Tenant, "action": q.Action} {
			if value != "" {
				details[name] = value
			}
		}
		return Plan{Object: object, Details: details, Do: func(ctx context.Context, result map[string]string) (any, error) {
			return s.Do(ctx, c.Caller.ID, act, &q, result)
		}}, nil
	}
}

// SubjectsClient does what is done about persons through the API.
type SubjectsClient struct{ *Client }

// Do does an act, and reads the answer into answer.
func (c SubjectsClient) Do(ctx context.Context, act SubjectAct, q *SubjectQuery, answer any) error {
	return c.Post(ctx, "/api/v1/subjects/"+string(act), q, answer)
}
