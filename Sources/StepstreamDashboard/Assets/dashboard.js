'use strict'

// Every page works without this file; with it pages change by themselves and can be used by keyboard alone.

const linkState = document.getElementById('link-state')
const say = words => { if (linkState.textContent !== words) linkState.textContent = words }

// What was chosen or typed and has not been sent yet stays when a region is replaced.
const isChoice = field => field.type === 'checkbox' || field.type === 'radio'
const keyOf = field => isChoice(field) ? `${field.name}=${field.value}` : field.name
const fields = region => [...region.querySelectorAll('input[name]:not([type=hidden]), select[name], textarea[name]')]
const keepEntries = (old, region) => {
  const all = region.querySelector('[data-all]')
  if (all) all.checked = old.querySelector('[data-all]')?.checked ?? false
  const before = new Map(fields(old).map(field => [keyOf(field), field]))
  for (const field of fields(region)) {
    const entered = before.get(keyOf(field))
    if (!entered) continue
    if (isChoice(field)) field.checked = entered.checked
    else field.value = entered.value
    if (entered === document.activeElement) return field
  }
  return null
}

// What the server sends is its own markup, in which everything that was ever submitted is text already. It is parsed as an inert document,
// where no script runs, and only elements that carry an id are taken over.
const takeOver = (markup, only) => {
  const fresh = new DOMParser().parseFromString(markup, 'text/html')
  const regions = only ? [fresh.getElementById(only)].filter(Boolean) : [...fresh.body.children].filter(region => region.id)
  for (const region of regions) {
    const old = document.getElementById(region.id)
    if (!old || old.outerHTML === region.outerHTML) continue
    // A question that is being answered stays.
    if (old.querySelector(':popover-open') || (old.contains(document.activeElement) && document.activeElement.matches('input:not([type=checkbox]), textarea, select'))) continue
    const open = [...old.querySelectorAll('details')].map(details => details.open)
    const row = [...old.querySelectorAll('tr[data-row]')].indexOf(document.activeElement?.closest('tr[data-row]'))
    const link = document.activeElement?.getAttribute?.('href')
    const scrolled = [...old.querySelectorAll('.scroll, pre')].map(box => [box.scrollLeft, box.scrollTop])
    const entry = keepEntries(old, region)
    old.replaceWith(document.adoptNode(region))
    region.querySelectorAll('details').forEach((details, index) => { details.open = open[index] ?? false })
    region.querySelectorAll('.scroll, pre').forEach((box, index) => { [box.scrollLeft, box.scrollTop] = scrolled[index] ?? [0, 0] })
    if (entry) entry.focus()
    else if (row >= 0) [...region.querySelectorAll('tr[data-row]')][row]?.querySelector(`a[href="${CSS.escape(link ?? '')}"], a`)?.focus()
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

// Takes a region over from the page as it is now; what is asked for meanwhile is looked at once.
const looker = region => {
  let isLooking = false
  let isStale = false
  return async () => {
    isStale = true
    if (isLooking) return
    isLooking = true
    while (isStale) {
      isStale = false
      try {
        const answer = await fetch(location.pathname + location.search, { headers: { accept: 'text/html' } })
        if (answer.ok) takeOver(await answer.text(), region)
      } catch {
        say('reconnecting')
      }
    }
    isLooking = false
  }
}

// Numbers and regions, once a second; a list looks again when anything has happened.
const lookAtList = looker('list')
const mark = () => document.getElementById('change-mark')?.textContent
const watch = whileSeen(() => {
  const source = new EventSource(document.body.dataset.live)
  source.onopen = () => say('live')
  source.addEventListener('regions', event => {
    const before = mark()
    takeOver(event.data)
    if (mark() !== before) lookAtList()
  })
  source.onerror = () => {
    say('reconnecting')
    // A browser tries again by itself, unless it was answered with something else than a stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(watch, 2000)
  }
  return source
})

// One operation: each of its events makes the page look again; what comes meanwhile is looked at once.
const follow = holder => {
  const look = looker('live')
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
