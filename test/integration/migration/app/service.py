"""Is ready when it can read `items` as it knows them, and Redis answers; /name asks for what it is called."""

import http.server

import psycopg
import redis


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status = 200
        try:
            if self.path == "/name":
                assert self.headers["Host"] == "app.test", self.headers["Host"]
            with psycopg.connect(open("/run/secrets/DATABASE_URL").read()) as connection:
                connection.execute("SELECT id, name FROM items LIMIT 1")
            redis.Redis.from_url(open("/run/secrets/REDIS_URL").read()).ping()
        except Exception as error:
            print("not ready:", error, flush=True)
            status = 503
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
