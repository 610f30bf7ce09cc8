package spool

// ErrLaneFull is what a Store answers above a bound.
var ErrLaneFull = errLaneFull
