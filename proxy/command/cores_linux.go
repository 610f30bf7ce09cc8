package command

import "golang.org/x/sys/unix"

// withholdCores keeps the kernel from writing the memory of this process, in which there is clear text, into a core file or a pipe to a
// collector of them, however the process ends; it keeps debuggers of other users out, too (prctl(2), PR_SET_DUMPABLE).
func withholdCores() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}
