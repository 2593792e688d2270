"""Takes the pictures of docs/dashboard.md: runs a service with something to do for a while, and looks at it.

usage: pictures.py STEPSTREAM FOLDER [SECONDS]
"""
import asyncio
import http.server
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from browser import browser

STEPSTREAM, FOLDER = (os.path.abspath(path) for path in sys.argv[1:3])
SECONDS = int(sys.argv[3]) if len(sys.argv) > 3 else 90

DEFINITIONS = {
    'place-order': '''
type: place-order
steps:
  - name: reserve-stock
    mode: sync
    handler: { http: { url: "HANDLERS/mostly" } }
    undo: { handler: { http: { url: "HANDLERS/well" } } }
  - name: charge-payment
    queue: payments
    handler: { http: { url: "HANDLERS/flaky" } }
    retry: { attempts: 5, firstDelay: 300ms }
    undo: { handler: { http: { url: "HANDLERS/well" } } }
  - name: ship
    queue: shipping
    handler: { http: { url: "HANDLERS/slow" } }
  - name: confirm
    handler: { http: { url: "HANDLERS/well" } }
''',
    'refund': '''
type: refund
steps:
  - name: check
    handler: { http: { url: "HANDLERS/well" } }
  - name: pay-back
    queue: payments
    handler: { http: { url: "HANDLERS/cut" } }
    onUnknown: hold
''',
    'nightly-report': '''
type: nightly-report
steps:
  - name: render
    queue: reports
    handler: { http: { url: "HANDLERS/slow" } }
  - name: mail
    handler: { http: { url: "HANDLERS/mostly" } }
''',
}


class Handlers(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *arguments):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers.get('content-length') or 0))
        chance = random.random()
        time.sleep(random.uniform(0.3, 1.6) if self.path == '/slow' else random.lognormvariate(-3.6, 0.8))
        if self.path == '/cut' and chance < 0.15:
            self.close_connection = True
            self.connection.close()
            return
        status, body = 200, {'done': True, 'number': random.randrange(100_000, 999_999)}
        if self.path == '/flaky' and chance < 0.3:
            status, body = 503, {'title': 'The bank is away', 'status': 503, 'detail': 'Try again later.'}
        if self.path == '/mostly' and chance < 0.04:
            status, body = 409, {'title': 'Sold out', 'status': 409, 'detail': 'None are left of product 11.'}
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header('content-type', 'application/json' if status == 200 else 'application/problem+json')
        self.send_header('content-length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def call(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {'content-type': 'application/json', 'prefer': 'respond-async'}
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as answer:
        return json.loads(answer.read())


def feed(base, until):
    while time.monotonic() < until:
        kind = random.choices(['place-order', 'refund', 'nightly-report'], [7, 2, 1])[0]
        order = {
            'orderId': random.randrange(10_000, 99_999), 'customer': {'id': random.choice(['ALFKI', 'BONAP', 'VINET']), 'country': 'France'},
            'lines': [{'productId': 11, 'quantity': 3, 'unitPrice': 14.0}],
        }
        try:
            call(base + '/v1/operations', {'type': kind, 'input': order, 'metadata': {'shop': 'web'}})
        except urllib.error.HTTPError:
            pass  # A step that refuses before the answer is answered as a problem.
        time.sleep(random.expovariate(12))


def good_one(base):
    """An order that was retried and then succeeded."""
    for order in call(base + '/v1/operations?type=place-order&status=Succeeded&page-size=200')['operations']:
        if max(step['attempts'] for step in order['steps']) > 1:
            return order['id']
    raise SystemExit('no order was retried')


async def shoot(base):
    async with browser() as page:
        for name, path, scheme, height in (
            ('overview', '/', 'light', None), ('operation', f'/dashboard/operations/{good_one(base)}', 'dark', 1120),
        ):
            await page.scheme(scheme)
            await page.size(1280, 860)
            await page.go(base + path)
            await page.until('document.getElementById("link-state").textContent === "live"')
            height = height or await page.run('document.documentElement.scrollHeight')
            await page.picture(f'{FOLDER}/{name}.png', height)
        if page.complaints:
            raise SystemExit(page.complaints)


def main():
    handlers = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handlers)
    threading.Thread(target=handlers.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f'{folder}/operations')
        for name, text in DEFINITIONS.items():
            with open(f'{folder}/operations/{name}.yaml', 'w', encoding='utf-8') as file:
                file.write(text.replace('HANDLERS', f'http://127.0.0.1:{handlers.server_port}'))
        with subprocess.Popen(
            [STEPSTREAM, 'dev', '--port', '0', '--definitions', 'operations', '--until-stdin-closes'], cwd=folder, text=True,
            stdin=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, 'STEPSTREAM_DASHBOARD_MODE': 'on'},
        ) as service:
            line = next(line for line in service.stderr if 'Serving HTTP' in line)
            base = next(word.removeprefix('address=') for word in line.split() if word.startswith('address='))
            threading.Thread(target=service.stderr.read, daemon=True).start()
            feeding = threading.Thread(target=feed, args=(base, time.monotonic() + SECONDS))
            feeding.start()
            time.sleep(SECONDS - 8)
            asyncio.run(shoot(base))
            feeding.join()
            service.stdin.close()


main()
