'use strict'

// Every page works without this file; with it pages change by themselves and can be used by keyboard alone.

const linkState = document.getElementById('link-state')
const say = words => { if (linkState.textContent !== words) linkState.textContent = words }

// What the server sends is its own markup, in which everything that was ever submitted is text already. It is parsed as an inert document,
// where no script runs, and only elements that carry an id are taken over.
const takeOver = (markup, only) => {
  const fresh = new DOMParser().parseFromString(markup, 'text/html')
  const regions = only ? [fresh.getElementById(only)].filter(Boolean) : [...fresh.body.children].filter(region => region.id)
  for (const region of regions) {
    const old = document.getElementById(region.id)
    if (!old || old.outerHTML === region.outerHTML) continue
    // A question that is being answered stays.
    if (old.querySelector(':popover-open') || (old.contains(document.activeElement) && document.activeElement.matches('input, textarea'))) continue
    const open = [...old.querySelectorAll('details')].map(details => details.open)
    const row = [...old.querySelectorAll('tr[data-row]')].indexOf(document.activeElement?.closest('tr[data-row]'))
    const link = document.activeElement?.getAttribute?.('href')
    const scrolled = [...old.querySelectorAll('.scroll, pre')].map(box => [box.scrollLeft, box.scrollTop])
    old.replaceWith(document.adoptNode(region))
    region.querySelectorAll('details').forEach((details, index) => { details.open = open[index] ?? false })
    region.querySelectorAll('.scroll, pre').forEach((box, index) => { [box.scrollLeft, box.scrollTop] = scrolled[index] ?? [0, 0] })
    if (row >= 0) [...region.querySelectorAll('tr[data-row]')][row]?.querySelector(`a[href="${CSS.escape(link ?? '')}"], a`)?.focus()
  }
}

// Streams are open only while the page is seen: a browser has few connections for one server, and a page in the background would take one.
const whileSeen = open => {
  let source = null
  const turn = () => {
    source?.close()
    source = document.hidden ? null : open()
  }
  document.addEventListener('visibilitychange', turn)
  addEventListener('pagehide', () => source?.close())
  addEventListener('pageshow', event => { if (event.persisted) turn() })
  turn()
  return turn
}

// Numbers and regions, once a second.
const watch = whileSeen(() => {
  const source = new EventSource(document.body.dataset.live)
  source.onopen = () => say('live')
  source.addEventListener('regions', event => takeOver(event.data))
  source.onerror = () => {
    say('reconnecting')
    // A browser tries again by itself, unless it was answered with something else than a stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(watch, 2000)
  }
  return source
})

// One operation: each of its events makes the page look again; what comes meanwhile is looked at once.
const follow = holder => {
  let isLooking = false
  let isStale = false
  const look = async () => {
    isStale = true
    if (isLooking) return
    isLooking = true
    while (isStale) {
      isStale = false
      try {
        const answer = await fetch(location.pathname, { headers: { accept: 'text/html' } })
        if (answer.ok) takeOver(await answer.text(), 'live')
      } catch {
        say('reconnecting')
      }
    }
    isLooking = false
  }
  whileSeen(() => {
    const source = new EventSource(holder.dataset.events)
    for (const kind of holder.dataset.kinds.split(' ')) source.addEventListener(kind, look)
    // What happened between the page and the first word of the stream.
    source.addEventListener('snapshot', look)
    // The server ends the stream with the operation, and answers 204 to whoever comes again: then there is nothing more to hear.
    return source
  })
}
const holder = document.querySelector('[data-events]')
if (holder) follow(holder)

// All rows of a table at once.
document.addEventListener('change', event => {
  if (!event.target.matches('[data-all]')) return
  const boxes = event.target.closest('table').querySelectorAll('tbody input[type=checkbox]')
  for (const box of boxes) box.checked = event.target.checked
})

// Keys
const rows = () => [...document.querySelectorAll('tr[data-row]')].filter(row => row.querySelector('a'))
const move = by => {
  const all = rows()
  if (all.length === 0) return
  const here = all.indexOf(document.activeElement?.closest('tr[data-row]'))
  const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1)]
  next.querySelector('a').focus()
  next.scrollIntoView({ block: 'nearest' })
}
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.target.matches('input, textarea, select')) {
    if (event.key === 'Escape') event.target.blur()
    return
  }
  if (document.querySelector(':popover-open')) return
  switch (event.key) {
    case '/': event.preventDefault(); document.getElementById('find').focus(); break
    case 'j': move(1); break
    case 'k': move(-1); break
    case 'r': location.reload(); break
  }
})
