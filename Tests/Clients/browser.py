"""A real Chromium, driven by its DevTools protocol: just enough of it for looking at pages and using them."""
import asyncio
import base64
import contextlib
import json
import os
import shutil
import subprocess
import tempfile

import websockets

PATIENCE = 30


class Failure(Exception):
    pass


class Page:
    """One tab. What its pages complained about is in `complaints`: console errors, exceptions, refusals by the content security policy."""

    def __init__(self, socket):
        self.socket = socket
        self.last = 0
        self.waiting = {}
        self.complaints = []
        self.dialogs = []
        self.loaded = asyncio.Event()
        self.reader = asyncio.create_task(self.read())

    async def read(self):
        async for text in self.socket:
            message = json.loads(text)
            if 'id' in message:
                self.waiting.pop(message['id']).set_result(message)
            else:
                self.note(message['method'], message['params'])

    def note(self, method, params):
        if method == 'Page.loadEventFired':
            self.loaded.set()
        elif method == 'Runtime.exceptionThrown':
            self.complaints.append(params['exceptionDetails'].get('exception', {}).get('description') or params['exceptionDetails']['text'])
        elif method == 'Runtime.consoleAPICalled' and params['type'] in ('error', 'warning', 'assert'):
            self.complaints.append(json.dumps(params['args']))
        elif method == 'Log.entryAdded' and params['entry']['level'] == 'error':
            self.complaints.append(params['entry']['text'] + ' ' + params['entry'].get('url', ''))
        elif method == 'Page.javascriptDialogOpening':
            self.dialogs.append(params['message'])

    async def call(self, method, **params):
        self.last += 1
        answer = asyncio.get_running_loop().create_future()
        self.waiting[self.last] = answer
        await self.socket.send(json.dumps({'id': self.last, 'method': method, 'params': params}))
        message = await asyncio.wait_for(answer, PATIENCE)
        if 'error' in message:
            raise Failure(f'{method}: {message["error"]}')
        return message['result']

    async def begin(self):
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            await self.call(f'{domain}.enable')

    async def go(self, url):
        self.loaded.clear()
        answer = await self.call('Page.navigate', url=url)
        if answer.get('errorText'):
            raise Failure(f'{url}: {answer["errorText"]}')
        await asyncio.wait_for(self.loaded.wait(), PATIENCE)

    async def run(self, script):
        """The value of `script`, an expression; a promise is waited for."""
        answer = await self.call('Runtime.evaluate', expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        if 'exceptionDetails' in answer:
            raise Failure(f'{script}: {answer["exceptionDetails"]}')
        return answer['result'].get('value')

    async def until(self, script, what=None):
        """Waits, by the page's own frames, until `script` is true."""
        for _ in range(PATIENCE * 20):
            with contextlib.suppress(Failure):  # a page that is just being replaced
                value = await self.run(f'(() => {{ return {script} }})()')
                if value:
                    return value
            await asyncio.sleep(0.05)
        raise Failure(f'never came true: {what or script}')

    async def leave_by(self, script):
        """Does what leads to another page, and waits until that is there."""
        self.loaded.clear()
        await self.run(script)
        await asyncio.wait_for(self.loaded.wait(), PATIENCE)

    async def key(self, key):
        for kind in ('keyDown', 'keyUp'):
            params = {'type': kind, 'key': key}
            if len(key) == 1 and kind == 'keyDown':
                params['text'] = key
            if key == 'Enter':
                params.update(code='Enter', windowsVirtualKeyCode=13, text='\r')
            if key == 'Tab':
                params.update(code='Tab', windowsVirtualKeyCode=9)
            await self.call('Input.dispatchKeyEvent', **params)

    async def size(self, width, height, is_phone=False):
        await self.call('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1, mobile=is_phone)

    async def scheme(self, name):
        await self.call('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': name}])

    async def picture(self, path, height=None):
        """A picture of the window; with `height`, of so much of the page."""
        params = {'format': 'png'}
        if height:
            width = await self.run('innerWidth')
            params.update(clip={'x': 0, 'y': 0, 'width': width, 'height': height, 'scale': 1}, captureBeyondViewport=True)
        answer = await self.call('Page.captureScreenshot', **params)
        with open(path, 'wb') as file:
            file.write(base64.b64decode(answer['data']))


@contextlib.asynccontextmanager
async def browser():
    """A Chromium of its own, with one tab; it ends with the block."""
    folder = tempfile.mkdtemp(prefix='browser')
    flags = [
        '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--remote-debugging-port=0', f'--user-data-dir={folder}',
    ]
    process = subprocess.Popen(
        ['chromium', *flags, 'about:blank'], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, 'HOME': folder},
    )
    try:
        address = await asyncio.wait_for(asyncio.to_thread(listening, process), PATIENCE * 2)
        port = address.split(':')[2].split('/')[0]
        drain = asyncio.create_task(asyncio.to_thread(process.stderr.read))
        target = await tab(address)
        async with websockets.connect(f'ws://127.0.0.1:{port}/devtools/page/{target}', max_size=None) as socket:
            page = Page(socket)
            try:
                await page.begin()
                yield page
            finally:
                page.reader.cancel()
        process.terminate()
        await drain
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def listening(process):
    for line in process.stderr:
        if line.startswith('DevTools listening on '):
            return line.removeprefix('DevTools listening on ').strip()
    raise Failure('Chromium ended before it listened')


async def tab(address):
    async with websockets.connect(address, max_size=None) as socket:
        await socket.send(json.dumps({'id': 1, 'method': 'Target.getTargets'}))
        async for text in socket:
            message = json.loads(text)
            if message.get('id') == 1:
                return next(target['targetId'] for target in message['result']['targetInfos'] if target['type'] == 'page')
