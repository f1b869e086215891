# Building law and sun of plans
cli-arg-check-existing = judge the existing conditions by building law, too (else only what a plan changes)
cli-rules-of-plans = Building law and sun in plans
