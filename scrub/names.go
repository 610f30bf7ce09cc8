package scrub

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// knownNames remembers what was found out about names of fields in binary bodies: which field they lead to, and that detectors find nothing in
// them. Records of a stream have the same few dozen names; to look one up costs a tenth of judging it. Nothing depends on what is
// remembered. Names that detectors find something in are not.
type knownNames [nameSlots]knownName

type knownName struct {
	name         []byte
	above, field Field
	says         bool
}

// knownFields remembers the fields that names lead to where nothing is to be known of the names themselves: to look one up costs a fifth of
// asking the policy.
type knownFields [nameSlots]struct {
	name         []byte
	above, field Field
}

// below is the field named key below another, looked up in what is remembered.
func (r *Run) below(above Field, key []byte) Field {
	if len(key) > maxNameBytes {
		return r.p.below(above, key)
	}
	known := &r.fields[nameSlot(key, above)]
	if !bytes.Equal(known.name, key) || known.above.state != above.state || known.above.listed != above.listed || known.name == nil {
		known.name = append(known.name[:0], key...)
		known.above, known.field = above, r.p.below(above, key)
	}
	return known.field
}

// saidNames remembers of names in JSON, which are judged where they stand, whether they can say what the values are: to look one up costs a
// tenth of comparing it with every word.
type saidNames [nameSlots]struct {
	name []byte
	says bool
}

// askedName is the last name that Member was asked for, and whether it can say what the values are; see detect.Set.Named.
type askedName struct {
	key  []byte
	says bool
}

// says reports whether the name of a field can say what its values are. The last name asked for is known by its place in memory.
func (r *Run) says(key []byte) bool {
	if len(key) == 0 {
		return false
	}
	if last := r.asked.key; len(last) == len(key) && &last[0] == &key[0] {
		return r.asked.says
	}
	if known, ok := r.recall(Field{}, key); ok {
		return known.says
	}
	if len(key) > maxNameBytes {
		return r.p.set.Named(key)
	}
	said := &r.said[nameSlot(key, Field{})]
	if !bytes.Equal(said.name, key) {
		said.name, said.says = append(said.name[:0], key...), r.p.set.Named(key)
	}
	return said.says
}

const (
	nameSlots    = 256
	maxNameBytes = 64
)

// Member is the field named key below another, and whether the name may stay as it is: detectors find nothing in it. Both are what Below and Quiet
// say.
func (r *Run) Member(above Field, key []byte) (d Field, quiet bool) {
	if known := r.know(above, key); known != nil {
		r.asked = askedName{key, known.says}
		return known.field, true
	}
	return r.Below(above, key), utf8.Valid(key) && r.Quiet(key)
}

// quietName tells whether detectors find nothing in a name.
func (r *Run) quietName(name []byte) bool {
	return r.know(Field{}, name) != nil || utf8.Valid(name) && r.Quiet(name)
}

// know is what is remembered of the field named key below another, looked up now if it was not; nil of a name that is not quiet, or too long.
func (r *Run) know(above Field, key []byte) *knownName {
	if len(key) == 0 || len(key) > maxNameBytes {
		return nil
	}
	known, ok := r.recall(above, key)
	if ok {
		return known
	}
	if !utf8.Valid(key) || !r.Quiet(key) {
		return nil
	}
	known.name = append(known.name[:0], key...)
	known.above, known.field, known.says = above, r.Below(above, key), r.p.set.Named(key)
	return known
}

// recall is the place where the field named key below another is remembered, and whether it is.
func (r *Run) recall(above Field, key []byte) (known *knownName, ok bool) {
	known = &r.known[nameSlot(key, above)]
	return known, bytes.Equal(known.name, key) && known.above.state == above.state && known.above.listed == above.listed
}

// nameSlot is the one place where a name may be remembered: by its length, its ends and the field above.
func nameSlot(key []byte, above Field) uint64 {
	n, h := len(key), uint64(0)
	switch {
	case n >= 8:
		h = binary.LittleEndian.Uint64(key) ^ binary.LittleEndian.Uint64(key[n-8:])*0x9e3779b97f4a7c15
	case n >= 4:
		h = uint64(binary.LittleEndian.Uint32(key)) | uint64(binary.LittleEndian.Uint32(key[n-4:]))<<32
	case n > 0:
		h = uint64(key[0]) | uint64(key[n/2])<<8 | uint64(key[n-1])<<16
	}
	return (h + uint64(n) + uint64(above.state)<<8) * 0x9e3779b97f4a7c15 >> (64 - 8)
}
