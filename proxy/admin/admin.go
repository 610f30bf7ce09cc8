// Package admin is the administrators' listener: metrics, health, and the API by which winnow is seen and handled. It is apart from ingest, on
// the loopback interface unless the configuration says otherwise, and has no part in the way of the data: nothing here ever sees a record, but
// for the scrubbed body of a parked batch that an administrator asks for.
//
// Everything is denied that is not allowed. One table, of Operations, says for each method and path which roles may and which act the audit log
// is told of; the mux, the checks, and the test that holds openapi.yaml to it are made from that table. An act is told before it happens and when
// it has ended, and does not happen if it cannot be told. Tokens are known by their hashes.
//
// To add a resource:
//  1. a file here: an interface of what proxy must do, its data with json tags, and a func ThingResource(Thing) Resource that lists its Operations;
//  2. what reads is Operation.Read; what acts is Operation.Plan, which looks everything up and returns what Do will do; errors are made by NewProblem;
//  3. proxy implements the interface, and hands the Resource in where NewAPI is called (proxy/administration.go: running, and without a winnow that runs);
//  4. openapi.yaml describes it, with x-roles and x-act, and roles_test.go says by hand who may: the tests fail until both are there;
//  5. the command calls it through reach.with (proxy/command/api.go), which finds the winnow that runs, or opens the state.
package admin
