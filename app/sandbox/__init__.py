"""Strangers' programs, each in a locked process of its own.

web process: `client.sandbox` (what the web layer calls) > `client.fair_queue` (whose turn it is) >
`client.pool` (the processes)
zygote process: `zygote.parent` (imports torch once, forks) > `zygote.child` (one program, one reply) >
`zygote.locks`
"""
