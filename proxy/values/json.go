package values

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrUnread is about a value that is not the JSON that was expected.
var ErrUnread = errors.New("the value is not one that this version of winnow understands")

// JSON is what v is stored as. It panics if v cannot be JSON: state is made of strings, numbers and times.
func JSON(v any) []byte {
	value, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("values: a %T does not marshal", v))
	}
	return value
}

// ReadJSON reads a value that JSON made into v, which is undefined after an error. What is stored must be understood in full, since doubt withholds: a
// member that v does not have, and anything behind the value, is ErrUnread.
func ReadJSON(value []byte, v any) error {
	in := json.NewDecoder(bytes.NewReader(value))
	in.DisallowUnknownFields()
	if in.Decode(v) != nil {
		return ErrUnread
	}
	if _, err := in.Token(); err != io.EOF {
		return ErrUnread
	}
	return nil
}
