package keys_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"winnow/proxy/keys"
)

// kept are the pseudonyms of one person for each epoch that is kept.
func (n *node) kept(t testing.TB, tenant, purpose string) (tokens []string) {
	t.Helper()
	list, err := n.Epochs(t.Context(), tenant, purpose)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		tokens = append(tokens, mint(d))
	}
	return tokens
}

// files of keys that there are, as names of values.
func (b *bucket) files(t testing.TB) (names []string) {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(b.dir, "key+*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range list {
		names = append(names, strings.ReplaceAll(filepath.Base(name), "+", "/"))
	}
	return names
}

func of(n uint32) *uint32 { return &n }

// KEEP-1: keys are kept for as many epochs as is said, so that a person's older pseudonyms are found, and then destroyed.
func TestKEEP1OldKeysAreDestroyed(t *testing.T) {
	b := newBucket(t)
	n := start(t, b)
	n.Set(keys.Settings{Length: month, Keep: 2, MaxStaleness: month})
	var tokens []string
	for range 5 {
		tokens = append(tokens, n.token(t, "acme", "operations"))
		n.add(month)
	}
	if err := n.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if kept := n.kept(t, "acme", "operations"); !slices.Equal(kept, tokens[2:]) {
		t.Errorf("kept %q of %q", kept, tokens)
	}
	if files := b.files(t); len(files) != 3 {
		t.Errorf("%q", files)
	}
	n.Set(keys.Settings{Length: month, Keep: 0, MaxStaleness: month})
	if _, err := n.Rotate(t.Context(), "cli"); err != nil {
		t.Fatal(err)
	}
	if files := b.files(t); len(files) != 0 {
		t.Errorf("none is kept, and there are %q", files)
	}
	if left, err := filepath.Glob(filepath.Join(b.dir, "made*")); err != nil || len(left) != 0 {
		t.Errorf("remembered %q, %v", left, err)
	}
	want := []string{"winnow keys.begin 100", "winnow keys.begin 101", "winnow keys.begin 102", "winnow keys.begin 103", "winnow keys.begin 104",
		"winnow keys.shred 101", "winnow keys.shred 100", "cli keys.begin 105", "winnow keys.shred 104", "winnow keys.shred 103", "winnow keys.shred 102"}
	if !slices.Equal(n.told, want) {
		t.Errorf("the audit log was told %q", n.told)
	}
}

// KEEP-1, TRAIN-3: what is destroyed is never made again: not by another request, not after a restart, not from a copy of the key that is put back, and
// nobody else's key is touched.
func TestKEEP1DestroyedForEver(t *testing.T) {
	for name, c := range map[string]struct {
		which keys.Which
		gone  []string // tenant/purpose/epoch
		began string   // epochs of acme/operations, acme/training, other/operations afterwards
	}{
		"old epoch":              {keys.Which{Epoch: of(100)}, []string{"acme/operations/100", "acme/training/100", "other/operations/100"}, "101 101 101"},
		"current epoch":          {keys.Which{Epoch: of(101)}, []string{"acme/operations/101", "acme/training/101", "other/operations/101"}, "102 102 102"},
		"tenant":                 {keys.Which{Tenant: "acme"}, []string{"acme/operations/100", "acme/operations/101", "acme/training/100", "acme/training/101"}, "102 102 101"},
		"purpose":                {keys.Which{Tenant: "acme", Purpose: "training"}, []string{"acme/training/100", "acme/training/101"}, "101 102 101"},
		"tenant in an old epoch": {keys.Which{Tenant: "acme", Epoch: of(100)}, []string{"acme/operations/100", "acme/training/100"}, "101 101 101"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBucket(t)
			n := start(t, b)
			domains := [][2]string{{"acme", "operations"}, {"acme", "training"}, {"other", "operations"}}
			digests := map[string]string{}
			for _, epoch := range []string{"100", "101"} {
				if epoch == "101" {
					n.add(month)
				}
				for _, d := range domains {
					digests[d[0]+"/"+d[1]+"/"+epoch] = digest(n.token(t, d[0], d[1]))
				}
			}
			copies := map[string][]byte{}
			for _, file := range b.files(t) {
				text, err := os.ReadFile(filepath.Join(b.dir, strings.ReplaceAll(file, "/", "+")))
				if err != nil {
					t.Fatal(err)
				}
				copies[file] = text
			}
			proof, err := n.Destroy(t.Context(), "officer", c.which)
			if err != nil {
				t.Fatal(err)
			}
			var proved []string
			for _, k := range proof.Keys {
				proved = append(proved, strings.TrimPrefix(k.Name, "key/"))
				if len(k.Digest) != 64 {
					t.Errorf("%+v", k)
				}
			}
			if !slices.Equal(proved, c.gone) || proof.Head != "7:abc" || len(proof.Digest) != 64 || (proof.Began != nil) != strings.Contains(c.began, "102") {
				t.Errorf("proof %+v", proof)
			}
			if n.told[len(n.told)-1][:len("officer keys.shred ")] != "officer keys.shred " {
				t.Errorf("told %q", n.told)
			}
			for range 2 {
				var epochs []string
				fresh := map[string]bool{}
				for _, d := range domains {
					token := n.token(t, d[0], d[1])
					epochs = append(epochs, strings.Split(token, "_e")[1][:3])
					fresh[digest(token)] = true
					for _, token := range n.kept(t, d[0], d[1]) {
						fresh[digest(token)] = true
					}
				}
				if got := strings.Join(epochs, " "); got != c.began {
					t.Errorf("now in epochs %s, not %s", got, c.began)
				}
				for key, digest := range digests {
					if fresh[digest] == slices.Contains(c.gone, key) {
						t.Errorf("pseudonyms of %s: made again is %v", key, fresh[digest])
					}
				}
				for file, text := range copies { // a copy of the disk comes back, but for what says that keys were destroyed
					if err := os.WriteFile(filepath.Join(b.dir, strings.ReplaceAll(file, "/", "+")), text, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				n.open(t, b)
			}
			if err := n.Tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, key := range c.gone {
				if slices.Contains(b.files(t), "key/"+key) {
					t.Errorf("%s came back and stays", key)
				}
			}
		})
	}
}

// A key that one node makes while another destroys its epoch is taken back: there is none of a destroyed epoch.
func TestKEEP1MadeWhileDestroyed(t *testing.T) {
	b := newBucket(t)
	one, two := start(t, b), start(t, b)
	b.making = func() {
		if _, err := one.Destroy(t.Context(), "cli", keys.Which{Epoch: of(100)}); err != nil {
			t.Error(err)
		}
	}
	if d, err := two.Domain("acme", "operations", two.now()); !errors.Is(err, keys.ErrGone) {
		t.Errorf("a key of epoch %d, %v", d.Epoch(), err)
	}
	if files := b.files(t); len(files) != 0 {
		t.Errorf("%q", files)
	}
	two.add(2 * time.Second)
	if token := two.token(t, "acme", "operations"); !strings.HasPrefix(token, epoch(101)) {
		t.Errorf("afterwards %s", token)
	}
}

// A destruction that is stopped half way: the key is not used any more, and is destroyed later.
func TestDestructionGoesOn(t *testing.T) {
	b := newBucket(t)
	n := start(t, b)
	before := n.token(t, "acme", "operations")
	b.set(false, true)
	if _, err := n.Destroy(t.Context(), "cli", keys.Which{Tenant: "acme"}); !errors.Is(err, errAway) {
		t.Fatal(err)
	}
	b.set(false, false)
	if n.open(t, b); digest(n.token(t, "acme", "operations")) == digest(before) || len(n.kept(t, "acme", "operations")) != 1 {
		t.Error("the key is in use")
	}
	if err := n.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if files := b.files(t); !slices.Equal(files, []string{"key/acme/operations/101"}) {
		t.Errorf("%q", files)
	}
}

// Nothing is destroyed or begun that the audit log does not hear of.
func TestUntoldDoesNotHappen(t *testing.T) {
	b := newBucket(t)
	n := start(t, b)
	before := n.token(t, "acme", "operations")
	n.refuses = errors.New("the audit log takes nothing")
	if _, err := n.Rotate(t.Context(), "cli"); !errors.Is(err, n.refuses) {
		t.Errorf("rotate: %v", err)
	}
	for _, w := range []keys.Which{{Tenant: "acme"}, {Epoch: of(100)}} {
		if _, err := n.Destroy(t.Context(), "cli", w); !errors.Is(err, n.refuses) {
			t.Errorf("destroy %v: %v", w, err)
		}
	}
	if n.open(t, b); n.token(t, "acme", "operations") != before {
		t.Error("it has happened")
	}
}

func TestDestroyWhat(t *testing.T) {
	n := start(t, newBucket(t))
	for _, w := range []keys.Which{{}, {Purpose: "training"}, {Epoch: of(7)}, {Tenant: "acme", Epoch: of(7)}} {
		if _, err := n.Destroy(t.Context(), "cli", w); err == nil {
			t.Errorf("%+v is destroyed", w)
		}
	}
	p, err := n.Destroy(t.Context(), "cli", keys.Which{Tenant: "nobody"})
	if err != nil || len(p.Keys) != 0 || p.Began != nil {
		t.Errorf("%+v, %v", p, err)
	}
}
