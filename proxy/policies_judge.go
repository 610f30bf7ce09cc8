package proxy

import (
	"context"
	"errors"
	"slices"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/proxy/spool"
	"winnow/proxy/values"
	"winnow/scrub"
)

// leaving is what batches have in common that meet the same variant when they leave.
type leaving struct{ way, tenant, lane, purpose string }

// judged is the variant under which something is scrubbed again, if its policy is not nil.
type judged struct {
	scrub.Variant
	err error
}

// judge says under which policy a batch must be scrubbed again before it leaves to an upstream; under none, its Policy being nil, if it may leave
// as it is.
func (p *policies) judge(ctx context.Context, e *spool.Entry, to *config.Upstream) (scrub.Variant, error) {
	q, err := p.ask(e, to)
	if err != nil || q.known {
		return q.answer, err
	}
	p.judging.Lock()
	defer p.judging.Unlock()
	for {
		if q, err = p.ask(e, to); err != nil || q.known { // another may have had the same question
			return q.answer, err
		}
		j, sure := p.compare(ctx, &q)
		if p.note(&q, j, sure) {
			return scrub.Variant{Policy: j.Policy, Mode: q.toward.Mode}, j.err
		}
	}
}

// question is whether what was taken under an old policy may leave to where another is in force.
type question struct {
	config  *config.Config // in force
	toward  scrub.Variant
	digests [2]string // of the old one and of the one in force
	known   bool      // the answer is
	answer  scrub.Variant
}

// ask asks about a batch, and has the answer if it is known. The error says that it cannot leave.
func (p *policies) ask(e *spool.Entry, to *config.Upstream) (q question, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.elsewhere(e.Tenant, to.ID) {
		return q, errPolicy
	}
	q.config = p.config
	if q.toward, err = p.variant(leaving{e.Request.Way, e.Tenant, to.ID, e.Purpose}, to); err != nil {
		return q, err
	}
	q.digests = [2]string{e.Policy, q.toward.Policy.Digest()}
	if q.digests[0] == q.digests[1] {
		q.known = true
		return q, nil
	}
	j, known := p.verdicts[q.digests]
	q.known, q.answer = known, scrub.Variant{Policy: j.Policy, Mode: q.toward.Mode}
	return q, j.err
}

// compare finds the answer, without a lock: the state may be slow. sure says that asking again would find the same.
func (p *policies) compare(ctx context.Context, q *question) (j judged, sure bool) {
	old, sure := p.old(ctx, q.config, q.digests[0])
	if old == nil || !scrub.AtLeastAsStrict(q.toward.Policy, old) {
		j.Policy, j.err = q.toward.Policy.Readmitting(old)
	}
	return j, sure
}

// note has an answer known if it is sure. It is false if it holds no longer: another configuration has come into force.
func (p *policies) note(q *question, j judged, sure bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.config == q.config && sure {
		p.verdicts[q.digests] = j
	}
	return p.config == q.config
}

// elsewhere tells whether a tenant's data has come to stay in a region, by the upstream of another, since it was taken (MOVE-1).
func (p *policies) elsewhere(tenant, upstream string) bool {
	own := &p.config.Residency
	return own.ByTenant() && slices.ContainsFunc(own.Regions, func(r config.Region) bool {
		return r.Upstream != "" && r.Upstream != upstream && slices.Contains(r.Tenants, tenant)
	})
}

// variant is the policy in force for what waits.
func (p *policies) variant(w leaving, to *config.Upstream) (scrub.Variant, error) {
	j, known := p.toward[w]
	if !known {
		way, there := p.ways[w.way]
		if !there {
			way = -1
		}
		policy := p.policy
		if w.purpose == training {
			if policy = policy.Training(); policy == nil {
				return scrub.Variant{}, errNoTraining
			}
		}
		j.Variant, j.err = policy.Toward(way, w.tenant, to.MayReceive)
		p.toward[w] = j
	}
	return j.Variant, j.err
}

// old makes the policy of a digest, as it was under what else a configuration says; nil if it cannot be made. known says that asking again would say
// the same.
func (p *policies) old(ctx context.Context, inForce *config.Config, digest string) (policy *scrub.Policy, known bool) {
	bucket, err := p.bucket()
	if err != nil {
		return nil, false
	}
	value, err := bucket.Get(ctx, digest)
	if err != nil || len(value) < 8 {
		return nil, err == nil || errors.Is(err, values.ErrNone) || errors.Is(err, values.ErrName)
	}
	c, err := config.FromText(value[8:])
	if err != nil || c.Digest() != digest {
		return nil, true
	}
	c.Geo, c.Limits, c.TrustedProxies = inForce.Geo, inForce.Limits, inForce.TrustedProxies // they are no part of a policy
	policy, err = scrub.Compile(c)
	if err != nil {
		return nil, true
	}
	return policy, true
}

var errPolicy = errors.New("the policy in force cannot be applied to the batch")

// readmit brings a batch that waited under the policy in force, and tells whether it was scrubbed again for that; of one of which nothing is left
// the records are 0; its policy is then the one it was scrubbed by. An outcome with an error says what to do with it. done gives back what the body is held in.
func (p *proxy) readmit(ctx context.Context, e *spool.Entry, to *config.Upstream) (o spool.Outcome, again bool, done func()) {
	done = func() {}
	parked := spool.Outcome{Err: errPolicy, Permanent: true, Reason: spool.ReasonPolicy}
	v, err := p.policies.judge(ctx, e, to)
	switch {
	case errors.Is(err, errNoTraining):
		return spool.Outcome{Err: err, Resting: true, After: waitsForList}, false, done
	case err != nil:
		return parked, false, done
	case v.Policy == nil:
		return spool.Outcome{}, false, done
	}
	keys, err := p.keys.Domain(e.Tenant, e.Purpose, p.o.Now())
	if err != nil {
		return spool.Outcome{Err: err}, false, done
	}
	run, err := p.rescrub(e, v.Policy, scrub.Request{Mode: v.Mode, Keys: keys, Meta: v.Policy.Stamp()})
	if err != nil {
		return parked, true, done
	}
	e.Policy = v.Policy.Digest()
	return spool.Outcome{}, true, run.Close
}

var errRescrub = errors.New("the batch cannot be scrubbed again")

// rescrub scrubs a batch once more, and puts what is left in its place, which is valid until the Run is closed. A batch that makes winnow itself
// fail fails alone. After an error the batch is as it was, and the Run, which may have failed half way, is not used again.
func (p *proxy) rescrub(e *spool.Entry, policy *scrub.Policy, q scrub.Request) (run *scrub.Run, err error) {
	defer func() {
		if recover() != nil {
			p.metrics.Panicked()
			err = errRescrub
		}
	}()
	r := &e.Request
	q.LabelNames = r.Protocol == string(config.ProtocolLoki)
	run, left, err := codec.Rescrub(func(m *scrub.Marked) *scrub.Run {
		if m != nil {
			q.Marked = m
		}
		return policy.Begin(q)
	}, config.Protocol(r.Protocol), &codec.Request{
		Method: r.Method, Path: r.Path, ContentType: r.ContentType, Query: r.Query, Body: e.Body, MaxDecoded: maxWaiting, Received: e.Received,
	}, r.Text, r.Signal)
	if err != nil || left.Withheld > 0 {
		return nil, errRescrub
	}
	e.Body, r.Query, e.Records = left.Body, left.Query, left.Kept
	return run, nil
}

// maxWaiting bounds a batch that waited, decoded: it was within limits.max_decoded_bytes when it came, whatever that is now.
const maxWaiting = 1 << 30
