//go:build !amd64

package detect

func anyHighVector(t []byte) bool { panic("no vector instructions") }
