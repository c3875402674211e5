"""The embedded PostgreSQL: a real server out of a wheel, started when a connection needs it.

`server.py` starts and stops it, `base.py` is the Django database engine that asks for it. With
`DATABASE_URL` set neither is imported.
"""
