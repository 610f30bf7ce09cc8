package proxy

import (
	"context"
	"crypto/cipher"
	"errors"
	"path/filepath"

	"winnow/config"
	"winnow/proxy/master"
	"winnow/proxy/stats"
	"winnow/proxy/values"
)

// windowBook keeps the window of statistics that is being counted over a restart, in a bucket of this node's own, the folder statistics in data_dir:
//
//	open    the window that a winnow counts, or did when it crashed
//	kept    what it had counted when it ended in order: sealed for master.StatisticsWindow
//
// What was kept is destroyed before it is used, so that none is released twice; what cannot be read is dropped.
type windowBook struct {
	bucket values.Bucket
	aead   cipher.AEAD
	open   stats.Window // as noted
}

const (
	windowFolder = "statistics"
	openName     = "open"
	keptName     = "kept"
)

func openWindowBook(dir string, secret []byte) (*windowBook, error) {
	aead, err := master.AEAD(secret, master.StatisticsWindow)
	if err != nil {
		return nil, err
	}
	bucket, err := values.OpenFolder(filepath.Join(dir, windowFolder))
	return &windowBook{bucket: bucket, aead: aead}, err
}

// note says which window is being counted. What is known already is not written again.
func (b *windowBook) note(ctx context.Context, w stats.Window) error {
	if w == b.open {
		return nil
	}
	err := b.bucket.Put(ctx, openName, values.JSON(&w))
	if err == nil {
		b.open = w
	}
	return err
}

// errCut is about a window of which a crash has taken what was counted.
var errCut = errors.New("winnow did not end in order: what it had counted of the window is lost")

// resume has a counter go on with what was kept, and notes its window. The error says why what there was is dropped.
func (b *windowBook) resume(ctx context.Context, counter *stats.Counter) error {
	sealed, err := b.bucket.Get(ctx, keptName)
	_, before := b.bucket.Get(ctx, openName)
	cut := errors.Is(err, values.ErrNone) && !errors.Is(before, values.ErrNone)
	if noted := b.note(ctx, counter.Window()); noted != nil {
		return noted
	}
	switch {
	case cut:
		return errCut
	case errors.Is(err, values.ErrNone):
		return nil
	}
	if gone := b.bucket.Destroy(ctx, keptName); gone != nil {
		return gone
	}
	var text []byte
	if err == nil {
		text, err = b.aead.Open(nil, nil, sealed, []byte(keptName))
	}
	if err != nil {
		return stats.ErrUnreadWindow
	}
	return counter.Restore(text)
}

// keep keeps what a counter has counted; nil: nothing is counted any more, and nothing was cut.
func (b *windowBook) keep(ctx context.Context, counter *stats.Counter) error {
	if counter != nil {
		if err := b.bucket.Put(ctx, keptName, b.aead.Seal(nil, nil, counter.Keep(), []byte(keptName))); err != nil {
			return err
		}
	}
	return b.bucket.Destroy(ctx, openName)
}

// resumeWindow goes on with the window that the winnow before counted, with the first configuration that has statistics. One that has none drops it.
func (p *proxy) resumeWindow(c *config.Config, secret []byte) {
	s := &p.statistics
	if s.window() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), booksTimeout)
	defer cancel()
	counter := s.counting()
	if counter == nil {
		if err := dropWindow(ctx, c.DataDir); err != nil {
			p.o.Log.Error("what was counted of a window of statistics before the restart cannot be removed", "error", err.Error())
		}
		return
	}
	book, err := openWindowBook(c.DataDir, secret)
	if err == nil {
		err = book.resume(ctx, counter)
		s.mu.Lock()
		s.book = book
		s.mu.Unlock()
	}
	if err != nil {
		s.cut()
		p.o.Log.Warn("a window of statistics is told in part: nothing from before the restart is in it", "error", err.Error())
	}
}

// dropWindow removes what a winnow that had statistics left.
func dropWindow(ctx context.Context, dir string) error {
	at := filepath.Join(dir, windowFolder)
	if !exists(at) {
		return nil
	}
	bucket, err := values.OpenFolder(at)
	if err != nil {
		return err
	}
	return errors.Join(bucket.Destroy(ctx, keptName), bucket.Destroy(ctx, openName))
}

// noteWindow notes which window is being counted.
func (p *proxy) noteWindow(ctx context.Context, counter *stats.Counter) {
	book := p.statistics.window()
	if book == nil {
		return
	}
	if err := book.note(ctx, counter.Window()); err != nil {
		p.o.Log.Error("the window of statistics cannot be noted: that a crash cuts it would not be told", "error", err.Error())
	}
}

// keepWindow keeps what was counted, when nothing is any more.
func (p *proxy) keepWindow() {
	book := p.statistics.window()
	if book == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), booksTimeout)
	defer cancel()
	if err := book.keep(ctx, p.statistics.counting()); err != nil {
		p.o.Log.Error("what was counted of the window of statistics is lost: it cannot be kept", "error", err.Error())
	}
}
