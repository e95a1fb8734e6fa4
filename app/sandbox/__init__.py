"""Strangers' programs, each in a locked process of its own.

web process: `client` (what the web layer calls) > `turns` (whose it is) > `pool` (the processes)
zygote process: `zygote` (imports torch once, forks) > `child` (one program, one reply) > `locks`
"""
