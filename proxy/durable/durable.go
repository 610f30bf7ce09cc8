// Package durable writes small files so that they are on stable storage when it returns, and whole whenever power fails.
//
// A file has two parts that reach the disk apart from each other: its bytes, which an fsync of the file puts there, and its name, which an fsync of
// its folder does. A name that is renamed changes from one file to the other at once. So what is written here is there in full under its name, or
// not at all. A disk that says that it has written what it has not is beyond this.
package durable

import (
	"errors"
	"os"
	"path/filepath"
)

// Unfinished is the suffix of a file that Replace has not put in its place yet. What a crash leaves of one means nothing, and can be removed; the next
// Replace of the same file writes over it.
const Unfinished = ".new"

// Replace puts a file of mode 0600 in the place of another, or where there is none. When it returns the bytes and the name are durable. After an
// error the file is as it was before, or, if only its name could not be made durable, the new one. Of one path it may not run twice at once.
func Replace(path string, text []byte) error {
	if err := write(path+Unfinished, os.O_TRUNC, text); err != nil {
		return err
	}
	if err := os.Rename(path+Unfinished, path); err != nil {
		return errors.Join(err, os.Remove(path+Unfinished))
	}
	return SyncFolder(filepath.Dir(path))
}

// Create makes a file of mode 0600 that is not there; the error is fs.ErrExist if it is. When it returns the bytes and the name are durable. A crash
// can leave a part of it.
func Create(path string, text []byte) error {
	if err := write(path, os.O_EXCL, text); err != nil {
		return err
	}
	return SyncFolder(filepath.Dir(path))
}

// write makes the bytes of a file durable, and not its name. What could be written in part is removed.
func write(path string, how int, text []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|how, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// SyncFolder makes the names in a folder durable: files that were made, renamed or removed in it stay so. It says nothing of their bytes, nor of the
// folder's own name, which is in the folder above.
func SyncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
