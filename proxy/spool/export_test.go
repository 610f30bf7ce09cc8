package spool

// ErrLaneFull is what a Store answers above a bound.
var ErrLaneFull = errLaneFull

// RecallFrom is where a node of a cluster begins to read ids.
var RecallFrom = recallFrom
