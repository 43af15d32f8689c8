"""Services with a life: created, started, stopped, scaled, redeployed and terminated, on a swarm.

Read `definition` (what a service is to be), `states` (in which state it is, and what that
allows), `services` (make and find them) and `service` (what to do with one).
"""
