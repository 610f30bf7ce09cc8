package subjects

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
)

// Directory is where a list of users is read, in the form of SCIM 2.0 (RFC 7643, 4.1; RFC 7644, 3.4.2).
type Directory struct {
	// File or URL of the list.
	File, URL string
	// Token that the URL wants.
	Token string
	// Client reads the URL.
	Client *http.Client
}

// Bounds of a list.
const (
	maxListBytes = 64 << 20 // of a file, or of a page
	maxPages     = 10_000
	pageUsers    = 500
)

// scimList is a page of users. Active is true where it is not said.
type scimList struct {
	Total     *int `json:"totalResults"`
	Resources *[]struct {
		ID         string `json:"id"`
		ExternalID string `json:"externalId"`
		UserName   string `json:"userName"`
		Active     *bool  `json:"active"`
		Emails     []struct {
			Value string `json:"value"`
		} `json:"emails"`
	} `json:"Resources"`
}

var errList = errors.New("it is no list of users in the form of SCIM 2.0: an object with Resources")

// Read reads all users. An error never holds anything of the list.
func (d *Directory) Read(ctx context.Context) (users []User, err error) {
	if d.File != "" {
		f, err := os.Open(d.File)
		if err != nil {
			return nil, fmt.Errorf("directory: %w", err)
		}
		defer f.Close()
		list, err := readList(f)
		if err != nil {
			return nil, fmt.Errorf("directory: %s: %w", d.File, err)
		}
		return list.users(nil), nil
	}
	for range maxPages {
		list, err := d.page(ctx, len(users)+1)
		if err != nil {
			return nil, fmt.Errorf("directory: %w", err)
		}
		before := len(users)
		users = list.users(users)
		if list.Total == nil || len(users) >= *list.Total {
			return users, nil
		}
		if len(users) == before {
			return nil, errors.New("directory: the list ends before all of its users have come")
		}
	}
	return nil, errors.New("directory: the list has no end")
}

// page reads the page that begins with a user, counted from 1.
func (d *Directory) page(ctx context.Context, start int) (*scimList, error) {
	u, err := url.Parse(d.URL)
	if err != nil {
		return nil, errors.New("the url cannot be read")
	}
	q := u.Query()
	q.Set("startIndex", strconv.Itoa(start))
	q.Set("count", strconv.Itoa(pageUsers))
	u.RawQuery = q.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/scim+json, application/json")
	if d.Token != "" {
		r.Header.Set("Authorization", "Bearer "+d.Token)
	}
	answer, err := d.Client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", answer.StatusCode)
	}
	return readList(answer.Body)
}

func readList(r io.Reader) (*scimList, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxListBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxListBytes {
		return nil, errors.New("it is longer than 64 MiB")
	}
	list := new(scimList)
	if json.Unmarshal(text, list) != nil || list.Resources == nil {
		return nil, errList
	}
	return list, nil
}

// users appends the users of a page.
func (l *scimList) users(dst []User) []User {
	for _, r := range *l.Resources {
		u := User{Active: r.Active == nil || *r.Active}
		for _, name := range []string{r.UserName, r.ID, r.ExternalID} {
			if name != "" {
				u.Names = append(u.Names, name)
			}
		}
		for _, e := range r.Emails {
			if e.Value != "" {
				u.Names = append(u.Names, e.Value)
			}
		}
		dst = append(dst, u)
	}
	return dst
}
