"""The dashboard in a real browser: every page, what changes by itself, every act, and that nothing that was submitted becomes markup.

usage: dashboard.py URL CALLBACK FOLDER
"""
import asyncio
import http.client
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

from browser import Failure, browser

BASE, CALLBACK, FOLDER = sys.argv[1:4]
PAYLOAD = '''"'><script>window.hacked = 1</script><img src=x onerror="window.hacked = 1"><svg onload="window.hacked = 1">&lt;b&gt;</pre></title>'''


def check(condition, what):
    if not condition:
        raise Failure(what)


def send(method, path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    headers = {'content-type': 'application/json', **{name.replace('_', '-'): value for name, value in headers.items()}}
    request = urllib.request.Request(BASE + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read() or b'null')
    except urllib.error.HTTPError as error:
        return error.code, None


def submit(kind, **members):
    status, operation = send('POST', '/v1/operations', {'type': kind, **members})
    check(status == 202, f'{kind} was answered {status}')
    return operation['id']


def tell(words):
    print(words, file=sys.stderr, flush=True)


async def once(path, condition, what):
    for _ in range(600):
        status, body = await asyncio.to_thread(send, 'GET', path)
        if status == 200 and condition(body):
            return body
        await asyncio.sleep(0.05)
    raise Failure(f'never: {what}')


async def held(count=1):
    """IDs of so many payments that nobody knows the end of."""
    ids = [submit('payment', input={'amount': number}) for number in range(count)]
    for operation in ids:
        await once(f'/v1/operations/{operation}', lambda body: body['phase'] == 'waiting', 'held')
    return ids


async def ask(page, act, fields=None):
    """Presses the button of an act, fills in what it asks, and confirms."""
    await page.run(f'document.querySelector("button[popovertarget=ask-{act}]").click()')
    await page.until(f'document.getElementById("ask-{act}").matches(":popover-open")')
    for name, value in (fields or {}).items():
        await page.run(f'document.querySelector("#ask-{act} [name={name}]").value = {json.dumps(value)}')
    await page.leave_by(f'document.querySelector("#ask-{act} button[type=submit]").click()')


TEXT = 'document.getElementById("content").innerText'


async def pages(page):
    await page.go(BASE + '/')
    await page.until('document.getElementById("link-state").textContent === "live"')
    check(await page.run('document.querySelector("nav [aria-current=page]").textContent') == 'Overview', 'the menu shows where one is')
    for name in ('Operations', 'Attention', 'Queues', 'Webhooks', 'Topology'):
        await page.leave_by(f'[...document.querySelectorAll("nav a")].find(link => link.textContent.startsWith({json.dumps(name)})).click()')
        check(name in await page.run('document.querySelector("nav [aria-current=page]").textContent'), f'the page {name}')
        await page.until('document.getElementById("link-state").textContent === "live"')
    await page.go(BASE + '/dashboard/operations/none')
    check('There is no operation with this ID' in await page.run(TEXT), 'an unknown operation is said so')
    # A status that is not 200 is one of the things a browser complains about.
    check(all('404' in complaint for complaint in page.complaints), page.complaints)
    page.complaints.clear()


async def live(page):
    await page.go(BASE + '/')
    await page.until('document.getElementById("link-state").textContent === "live"')
    shown = '[...document.querySelectorAll(".tile")].find(tile => tile.querySelector(".name").textContent === "Live").querySelector(".value").textContent'
    before = int(await page.run(shown))
    operation = submit('order', input={'amount': 7}, callback={'url': CALLBACK})
    await page.until(f'Number({shown}) === {before + 1}', 'the overview counts what was submitted')

    await page.go(BASE + f'/dashboard/operations/{operation}')
    await page.until('document.querySelectorAll(".timeline svg .running").length === 1', 'the step is seen to run')
    check(await page.run('document.querySelector(".standing .pill").textContent') == 'Running', 'it runs')
    await page.run('window.isSamePage = true')
    tell('RELEASE /slow')
    await page.until('document.querySelector(".standing .pill").textContent === "Succeeded"', 'the end is seen')
    check(await page.run('window.isSamePage'), 'without loading the page again')
    check(await page.run('document.querySelectorAll(".timeline svg .succeeded").length') == 2, 'two attempts stand in the timeline')
    await once(f'/v1/operations/{operation}/deliveries', lambda body: body['deliveries'][0]['state'] == 'delivered', 'delivered')
    return operation


async def lists(page):
    """What happens is seen on the pages of lists, and what a reader has chosen there stays."""
    await page.go(BASE + '/dashboard/operations')
    await page.until('document.getElementById("link-state").textContent === "live"')
    await page.run('window.isSamePage = true; document.querySelector("select[name=type]").value = "payment"')
    operation = submit('order', input={'amount': 8}, notBefore='2099-01-01T00:00:00Z')
    row = f'document.querySelector("#list a[href$={json.dumps(operation)}]")'.replace('"' + operation + '"', "'" + operation + "'")
    await page.until(f'{row} !== null', 'what was submitted comes into the list')
    check(await page.run('document.querySelector("select[name=type]").value') == 'payment', 'a filter that was not sent stays chosen')
    send('POST', f'/v1/operations/{operation}:cancel')
    await page.until(f'{row}.closest("tr").innerText.includes("Canceled")', 'its end is seen in the list')
    check(await page.run('window.isSamePage'), 'without loading the page again')

    [first] = await held()
    await page.go(BASE + '/dashboard/attention')
    await page.until('document.getElementById("link-state").textContent === "live"')
    box = f'document.querySelector("#list input[value=\'{first}\']")'
    await page.run(f'{box}.checked = true; {box}.focus()')
    [second] = await held()
    await page.until(f'document.querySelector("#list input[value=\'{second}\']") !== null', 'the next one comes into the list')
    check(await page.run(f'{box}.checked && document.activeElement === {box}'), 'what was chosen stays chosen, and the keyboard stays there')
    check(not await page.run(f'document.querySelector("#list input[value=\'{second}\']").checked'), 'and nothing else is')

    await page.go(BASE + '/dashboard/queues/payments')
    await page.until('document.getElementById("link-state").textContent === "live"')
    send('POST', '/v1/queues/payments:pause')
    await page.until('document.querySelector(".standing").innerText.toLowerCase().includes("paused")', 'the page of a queue shows that it is paused')
    waiting = '[...document.querySelectorAll(".tile")].find(tile => tile.querySelector(".name").textContent === "Waiting").querySelector(".value").textContent'
    before = int(await page.run(waiting))
    third = submit('payment', input={'amount': 1})
    await page.until(f'Number({waiting}) === {before + 1}', 'the page of a queue counts what waits')
    send('POST', '/v1/queues/payments:resume')
    await once(f'/v1/operations/{third}', lambda body: body['phase'] == 'waiting', 'held')
    for left in (first, second, third):
        send('POST', f'/v1/operations/{left}:skip', {})


async def acts(page):
    retried, skipped, undone = await held(3)
    await page.go(BASE + f'/dashboard/operations/{skipped}')
    await ask(page, 'skip', {'by': 'ann <script>window.hacked = 1</script>', 'reason': PAYLOAD, 'result': json.dumps({'paid': PAYLOAD})})
    check(page.dialogs == [] and not await page.run('window.hacked'), 'nothing of it runs')
    text = await page.run(TEXT)
    check(PAYLOAD in text.replace('\\"', '"') and 'ann <script>' in text, 'who and why are shown as they were written')
    await once(f'/v1/operations/{skipped}', lambda body: body['status'] == 'Succeeded', 'skipped')

    await page.go(BASE + f'/dashboard/operations/{undone}')
    await ask(page, 'undo', {'by': 'ann'})
    await page.until('document.querySelector(".standing .pill").textContent === "Failed"')
    await page.go(BASE + f'/dashboard/operations/{retried}')
    await ask(page, 'retry')
    await once(f'/v1/operations/{retried}', lambda body: body['steps'][0]['attempts'] >= 1 and body['version'] > 5, 'retried')
    canceled = submit('order', input={}, notBefore='2099-01-01T00:00:00Z')
    await page.go(BASE + f'/dashboard/operations/{canceled}')
    await ask(page, 'cancel')
    check(await page.run('document.querySelector(".standing .pill").textContent') == 'Canceled', 'canceled')


async def bulk(page):
    ids = await held(3)
    await page.go(BASE + '/dashboard/attention')
    # It may hold what other checks left; only these are chosen.
    await page.run(f'''for (const box of document.querySelectorAll("tbody input[type=checkbox]"))
        box.checked = {json.dumps(ids)}.includes(box.value)''')
    check(await page.run('document.querySelectorAll("tbody input:checked").length') == 3, 'three are chosen')
    await ask(page, 'skip', {'by-skip': 'ann', 'reason-skip': 'paid'})
    check('3 done, 0 refused' in await page.run(TEXT), await page.run(TEXT))
    for operation in ids:
        await once(f'/v1/operations/{operation}', lambda body: body['status'] == 'Succeeded', 'skipped with the others')
    await page.go(BASE + '/dashboard/attention')
    if await page.run('document.querySelector("[data-all]") !== null'):
        await page.run('document.querySelector("[data-all]").click()')
        check(await page.run('[...document.querySelectorAll("tbody input[type=checkbox]")].every(box => box.checked)'), 'all are chosen')


async def queues(page):
    await page.go(BASE + '/dashboard/queues/payments')
    await ask(page, 'pause')
    check('paused' in await page.run(TEXT), 'the queue is paused')
    operation = submit('payment', input={})
    await page.go(BASE + '/dashboard/queues')
    row = '[...document.querySelectorAll("tr")].find(row => row.textContent.startsWith("payments")).innerText'
    await page.until(f'/payments\\s+paused\\s+1\\s/.test({row})', 'the message waits, and is seen to without loading the page again')
    await page.go(BASE + '/dashboard/queues/payments')
    check(operation in await page.run(TEXT), 'it is shown what waits')
    await ask(page, 'resume')
    check('paused' not in await page.run('document.querySelector(".standing .pill").textContent'), 'the queue goes on')
    await once(f'/v1/operations/{operation}', lambda body: body['phase'] == 'waiting', 'taken again')


async def webhooks(page, operation):
    await page.go(BASE + '/dashboard/webhooks')
    check(operation in await page.run(TEXT), 'what was delivered is shown')
    await page.go(BASE + f'/dashboard/operations/{operation}')
    count = 'document.body.innerText.match(/try (\\d+)/)[1]'
    check(await page.run(count) == '1', 'one try')
    await page.leave_by('[...document.querySelectorAll("form button")].find(button => button.textContent === "Replay").click()')
    tell('REPLAYED')


async def payloads(page):
    operation = submit(
        'evil', input={'key ' + PAYLOAD: PAYLOAD, 'list': [PAYLOAD]}, metadata={'note ' + PAYLOAD: PAYLOAD}, resources=['r/' + PAYLOAD],
    )
    await once(f'/v1/operations/{operation}', lambda body: body['status'] == 'Failed', 'failed with the payload in its problem')
    for kind, value in (('type', PAYLOAD), ('id', PAYLOAD)):
        status, _ = send('POST', '/v1/operations', {'type': 'order', 'input': {}, kind: value})
        check(status == 422, f'{kind} takes no such text')
    for path in (
        f'/dashboard/operations/{operation}', '/dashboard/operations', '/dashboard/attention', '/', '/dashboard/queues',
        '/dashboard/webhooks', '/dashboard/operations?' + urllib.parse.urlencode({'status': PAYLOAD, 'type': PAYLOAD, 'since': PAYLOAD}),
    ):
        await page.go(BASE + path)
        await page.run('for (const details of document.querySelectorAll("details")) details.open = true')
        markup = await page.run('document.querySelectorAll("script:not([src^=\\"/dashboard/\\"]), img, svg[onload], [onerror], b, iframe").length')
        check(markup == 0 and not await page.run('window.hacked'), f'{path} has foreign markup')
    await page.go(BASE + f'/dashboard/operations/{operation}')
    await page.run('for (const details of document.querySelectorAll("details")) details.open = true')
    text = (await page.run('document.body.innerText')).replace('\\"', '"')
    # Input twice and a key, metadata and a key, a resource; title and detail of the problem in the step, the operation and the history.
    check(text.count('window.hacked = 1</script>') >= 8, f'{text.count("window.hacked = 1</script>")} times shown as text')
    # Even in a page that had it in it, no script would run: the policy refuses it.
    await page.run('''{ const script = document.createElement("script"); script.textContent = "window.hacked = 2"; document.body.append(script) }''')
    await page.run('document.body.insertAdjacentHTML("beforeend", "<img src=/dashboard/style.css onerror=\\"window.hacked = 3\\">")')
    check(not await page.run('window.hacked'), 'the policy lets no script of a page run')
    check(any('Content Security Policy' in complaint for complaint in page.complaints), 'and the browser says so')
    page.complaints.clear()


async def keys(page):
    await page.go(BASE + '/dashboard/operations')
    await page.key('j')
    await page.key('j')
    await page.key('k')
    first = await page.run('document.querySelector("tr[data-row] a").getAttribute("href")')
    check(await page.run('document.activeElement.getAttribute("href")') == first, 'j and k move through the rows')
    check(await page.run('getComputedStyle(document.activeElement).outlineStyle') == 'solid', 'and it is seen where one is')
    page.loaded.clear()
    await page.key('Enter')
    await page.until(f'location.pathname === {json.dumps(first)}', 'Enter opens it')
    await page.until('document.getElementById("link-state").textContent === "live"')
    await page.key('/')
    check(await page.run('document.activeElement.id') == 'find', '/ leads to the search')
    operation = first.rsplit('/', 1)[1]
    await page.run(f'document.getElementById("find").value = {json.dumps(operation)}')
    page.loaded.clear()
    await page.key('Enter')
    await asyncio.wait_for(page.loaded.wait(), 30)
    check(await page.run('location.pathname') == first, 'the search finds it')
    await page.go(BASE + '/')
    await page.key('Tab')
    check(await page.run('document.activeElement.className') == 'skip', 'the first stop skips the menu')
    await page.key('Enter')
    check(await page.run('location.hash') == '#content', 'and leads to the content')


# Texts whose contrast is below 4.5 (WCAG 2.2, 1.4.3), each once.
CONTRAST = '''(() => {
    const parts = color => color.match(/[\\d.]+/g).map(Number)
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
    const ground = element => {
        for (; element; element = element.parentElement) {
            const color = parts(getComputedStyle(element).backgroundColor)
            if (color.length === 3 || color[3] === 1) return color
        }
        return [255, 255, 255]
    }
    const found = new Set()
    for (const element of document.body.querySelectorAll('*:not(svg *)')) {
        const hasText = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
        if (!hasText || !element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue
        const [one, two] = [light(parts(getComputedStyle(element).color)), light(ground(element))]
        const contrast = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05)
        if (contrast < 4.5) found.add(`${element.tagName}.${element.className} ${contrast.toFixed(2)}`)
    }
    return [...found]
})()'''


async def widths(page, operation):
    for scheme, ground in (('light', 'rgb(246, 247, 248)'), ('dark', 'rgb(16, 20, 24)')):
        await page.scheme(scheme)
        await page.size(360, 780, is_phone=True)
        for path in (
            '/', f'/dashboard/operations/{operation}', '/dashboard/operations', '/dashboard/attention', '/dashboard/queues',
            '/dashboard/queues/payments', '/dashboard/webhooks', '/dashboard/topology',
        ):
            await page.go(BASE + path)
            check(await page.run('getComputedStyle(document.body).backgroundColor') == ground, f'{path} is {scheme}')
            faint = await page.run(CONTRAST)
            check(faint == [], f'{path} in {scheme} is too faint to be read: {faint}')
            wide = '[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > 361).map(e => e.tagName + "." + e.className)'
            check(await page.run('document.documentElement.scrollWidth <= 360'), f'{path} does not fit a phone: {await page.run(wide)}')
        await page.picture(f'{FOLDER}/phone-{scheme}.png')
    await page.size(1280, 900)


async def foreign(page):
    """A form of another origin, with and without a frame, changes nothing."""
    operation = (await held())[0]
    port = urllib.parse.urlsplit(BASE).port
    # Another origin for the browser, the same server: localhost is not 127.0.0.1.
    other = f'http://localhost:{port}'
    await page.go(other + '/dashboard/queues')
    page.loaded.clear()
    # The policy of our own pages would not even let the form leave; a page without one does.
    await page.go(other + '/healthz')
    await page.run(f'''{{
        const form = document.createElement("form"); form.method = "post"; form.action = "{BASE}/dashboard/operations/{operation}/skip"
        const field = document.createElement("input"); field.name = "token"; field.value = "{'0' * 64}"; form.append(field)
        document.body.append(form); form.submit() }}''')
    await page.until('document.title.includes("Stepstream")')
    check('did not come from a page of this dashboard' in await page.run('document.body.innerText'), 'it is refused')
    check(send('GET', f'/v1/operations/{operation}')[1]['phase'] == 'waiting', 'and nothing was changed')
    await page.go(other + '/healthz')
    await page.run(f'''{{ const frame = document.createElement("iframe"); frame.src = "{BASE}/"; document.body.append(frame) }}''')
    await page.until('document.querySelector("iframe") && performance.now() > 0')
    for _ in range(200):
        if any('frame' in complaint.lower() for complaint in page.complaints):
            break
        await asyncio.sleep(0.05)
    check(any('frame-ancestors' in complaint for complaint in page.complaints), f'the page is not framed: {page.complaints}')
    page.complaints.clear()


def headers():
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(BASE).netloc, timeout=30)
    connection.request('GET', '/')
    answer = connection.getresponse()
    check(
        answer.getheader('content-security-policy') == "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        'the policy',
    )
    check(answer.getheader('x-content-type-options') == 'nosniff' and answer.getheader('cache-control') == 'no-store', 'the other fields')
    check('HttpOnly' in answer.getheader('set-cookie') and 'SameSite=Strict' in answer.getheader('set-cookie'), 'the cookie')


async def main():
    headers()
    async with browser() as page:
        await page.size(1280, 900)
        for part in (pages, live, lists, acts, bulk, queues, webhooks, payloads, keys, widths, foreign):
            arguments = [operation] if part in (webhooks, widths) else []
            made = await part(page, *arguments)
            if part is live:
                operation = made
            check(page.complaints == [], f'{part.__name__}: {page.complaints}')
            print(part.__name__, flush=True)


asyncio.run(main())
