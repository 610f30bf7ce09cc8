package subjects

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"winnow/proxy/values"
)

func desk(t *testing.T) (*Desk, values.Bucket) {
	t.Helper()
	keys, err := Keys([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	b := folder(t)
	return &Desk{
		Bucket: func() (values.Bucket, error) { return b, nil }, Keys: keys, Now: time.Now, Tenants: []string{"acme"},
		Kept:    func(context.Context, string) ([]Key, error) { return nil, nil },
		Waiting: func(context.Context, []string) ([]Waiting, error) { return nil, nil },
	}, b
}

func list(t *testing.T, d *Desk, users ...User) (Sync, error) {
	t.Helper()
	return d.Follow(context.Background(), users, Order{Action: ActionDrop, Tenant: "acme"})
}

func sources(t *testing.T, d *Desk, name string) (all []Source) {
	t.Helper()
	a, err := d.Access(context.Background(), &Query{Value: name})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range a.Orders {
		all = append(all, o.Source)
	}
	return all
}

// RIGHT-4: whoever is deactivated or deleted is restricted, by all their names, and released when they are back; an operator's own order stays.
func TestDirectoryRestrictsAndReleases(t *testing.T) {
	d, _ := desk(t)
	bob, eve := User{[]string{"bob", "bob@example.com"}, true}, User{[]string{"eve", "u-7"}, true}
	if _, err := d.Restrict(context.Background(), "dpo", &Query{Value: "eve"}); err != nil {
		t.Fatal(err)
	}
	inactive := bob
	inactive.Active = false
	for i, step := range []struct {
		users    []User
		bob, eve []Source
		want     Sync
	}{
		{[]User{bob, eve}, nil, []Source{SourceOperator}, Sync{2, 0, 0}},
		{[]User{inactive, eve}, []Source{SourceDirectory}, []Source{SourceOperator}, Sync{2, 2, 0}},
		{[]User{inactive, eve}, []Source{SourceDirectory}, []Source{SourceOperator}, Sync{2, 0, 0}},
		{[]User{inactive}, []Source{SourceDirectory}, []Source{SourceOperator, SourceDirectory}, Sync{1, 2, 0}},
		{[]User{bob}, nil, []Source{SourceOperator, SourceDirectory}, Sync{1, 0, 2}},
		{[]User{bob, eve}, nil, []Source{SourceOperator}, Sync{2, 0, 2}},
	} {
		got, err := list(t, d, step.users...)
		if err != nil || got != step.want {
			t.Errorf("step %d: %+v, %v", i, got, err)
		}
		if b := sources(t, d, "Bob@example.com"); !slices.Equal(b, step.bob) {
			t.Errorf("step %d: bob %v", i, b)
		}
		if e := sources(t, d, "eve"); !slices.Equal(e, step.eve) {
			t.Errorf("step %d: eve %v", i, e)
		}
	}
}

// RIGHT-4: a list of which more than half is gone is a fault: it changes nothing.
func TestDirectoryThatShrinksChangesNothing(t *testing.T) {
	d, b := desk(t)
	var all []User
	for i := range 40 {
		all = append(all, User{[]string{fmt.Sprint("user-", i)}, true})
	}
	if _, err := list(t, d, all...); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 19} {
		if _, err := list(t, d, all[:n]...); !errors.Is(err, ErrShrunk) {
			t.Errorf("%d of 40: %v", n, err)
		}
	}
	names, err := b.Names(context.Background())
	if err != nil || slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, subjectPrefix) }) {
		t.Errorf("%q, %v", names, err)
	}
	if s, err := list(t, d, all[:20]...); err != nil || s.Restricted != 20 {
		t.Errorf("half of 40: %+v, %v", s, err)
	}
}

// A list is read in full or not at all; what is no list is refused, and an error repeats nothing of it.
func TestDirectoryIsReadInFull(t *testing.T) {
	var users []string
	for i := range 1200 {
		users = append(users, fmt.Sprintf(`{"id":"%d","userName":"planted-%d","active":%v,"emails":[{"value":"planted%d@example.com"}]}`, i, i, i%2 == 0, i))
	}
	short := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, _ := strconv.Atoi(r.URL.Query().Get("startIndex"))
		count, _ := strconv.Atoi(r.URL.Query().Get("count"))
		if r.Header.Get("Authorization") != "Bearer s3cr3t" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		page := users[start-1 : min(len(users), start-1+count)]
		if short && start > 1 {
			page = nil
		}
		fmt.Fprintf(w, `{"totalResults":%d,"startIndex":%d,"Resources":[%s]}`, len(users), start, strings.Join(page, ","))
	}))
	defer server.Close()
	d := Directory{URL: server.URL + "/Users", Token: "s3cr3t", Client: server.Client()}
	all, err := d.Read(context.Background())
	if err != nil || len(all) != 1200 || all[1199].Active || !all[1198].Active || len(all[0].Names) != 3 {
		t.Errorf("%d users, %v", len(all), err)
	}
	short = true
	if all, err = d.Read(context.Background()); err == nil {
		t.Errorf("%d users of a list that ends early", len(all))
	}
	d.Token = ""
	if _, err = d.Read(context.Background()); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("without a token: %v", err)
	}
	file := filepath.Join(t.TempDir(), "users.json")
	for _, text := range []string{"", "planted", `{"planted":1}`, `[{"userName":"planted"}]`, `{"Resources":null}`, `{"Resources":[{"userName":1}]}`} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := (&Directory{File: file}).Read(context.Background()); err == nil || strings.Contains(err.Error(), "planted") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// RIGHT-2: an erasure ends by itself when nothing from before it can wait any more; other orders stay.
func TestErasuresEnd(t *testing.T) {
	d, _ := desk(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	d.Now, d.Linger = func() time.Time { return now }, 72*time.Hour
	q := Query{Value: "bob@example.com"}
	if _, err := d.Erase(context.Background(), "dpo", &q); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Restrict(context.Background(), "dpo", &Query{Value: "u-2"}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{71 * time.Hour, 1}, {73 * time.Hour, 0}} {
		now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(step.after)
		if err := d.Expire(context.Background()); err != nil {
			t.Fatal(err)
		}
		if a, err := d.Access(context.Background(), &q); err != nil || len(a.Orders) != step.want {
			t.Errorf("after %v: %d orders, %v", step.after, len(a.Orders), err)
		}
	}
	if len(sources(t, d, "u-2")) != 1 {
		t.Error("a restriction ended with it")
	}
}

// What names a person shows in no form of printing.
func TestQueryHidesIdentifier(t *testing.T) {
	q := Query{Value: "planted@example.com", To: "planted"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		if text := fmt.Sprintf(verb, q) + fmt.Sprintf(verb, &q); strings.Contains(text, "planted") {
			t.Errorf("%s: %s", verb, text)
		}
	}
	if strings.Contains(q.LogValue().String(), "planted") {
		t.Error("it is logged")
	}
}

// KEEP-1: restrictions do not end by age, unless the operator wants it; and then not while a legal hold is on.
func TestKEEP1RestrictionsEndOnlyWhenAsked(t *testing.T) {
	ctx := context.Background()
	d, _ := desk(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	d.Now = func() time.Time { return now }
	for _, id := range []string{"u-1", "u-2"} {
		if _, err := d.Restrict(ctx, "dpo", &Query{Value: id}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Hold(ctx, "dpo", &Query{Value: "u-2", Why: "case-7"}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		maxAge, after time.Duration
		free, held    int
	}{{0, 100000 * time.Hour, 1, 1}, {24 * time.Hour, 23 * time.Hour, 1, 1}, {24 * time.Hour, 24 * time.Hour, 0, 1}} {
		d.MaxAge, now = step.maxAge, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(step.after)
		if err := d.Expire(ctx); err != nil {
			t.Fatal(err)
		}
		if free, held := len(sources(t, d, "u-1")), len(sources(t, d, "u-2")); free != step.free || held != step.held {
			t.Errorf("age %v after %v: %d and %d orders", step.maxAge, step.after, free, held)
		}
	}
}
