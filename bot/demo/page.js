// The page of the demo: it shows what the stream tells and sends what people do. Texts of the chats become DOM nodes, never
// markup: the page's policy forbids the latter.
'use strict'

const labels = JSON.parse(document.getElementById('labels').textContent)
const lang = document.documentElement.lang
const zone = document.body.dataset.zone
const narrow = matchMedia('(max-width: 759px)')
const $ = (selector, root = document) => root.querySelector(selector)
const all = (selector, root = document) => [...root.querySelectorAll(selector)]

const zoned = options => new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', { timeZone: zone, hourCycle: 'h23', ...options })
const hhmm = zoned({ hour: '2-digit', minute: '2-digit' })
const hhmmss = zoned({ hour: '2-digit', minute: '2-digit', second: '2-digit' })
const dayName = zoned({ weekday: 'short', day: 'numeric', month: 'short' })

// node makes an element: properties, then children.
function node(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}

// ---- toast and requests ----

let toastTimer
function toast(text, alert = false, stay = false) {
  const status = $('#status')
  status.textContent = text
  status.classList.toggle('alert', alert)
  status.hidden = false
  clearTimeout(toastTimer)
  if (!stay) toastTimer = setTimeout(() => { status.hidden = true }, alert ? 7000 : 4500)
}

// post sends JSON and returns the answer, or null after saying what went wrong.
async function post(path, body) {
  try {
    const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
    const value = await answer.json()
    if (answer.ok) return value
    toast(labels[value.error] || labels.error_failed)
  } catch {
    toast(labels.lost)
  }
  return null
}

// ---- texts with entities ----

const plainTags = { bold: 'b', italic: 'i', underline: 'u', strikethrough: 's', code: 'code', pre: 'pre', blockquote: 'blockquote', expandable_blockquote: 'blockquote' }

function linkTo(address) {
  let url
  try { url = new URL(address) } catch { return node('span') }
  if (!['http:', 'https:', 'mailto:', 'tel:'].includes(url.protocol)) return node('span')
  return node('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer' })
}

function wrapper(entity, text, chat) {
  const words = text.slice(entity.offset, entity.offset + entity.length)
  if (plainTags[entity.type]) return node(plainTags[entity.type])
  switch (entity.type) {
    case 'spoiler': return node('span', { className: 'spoiler', tabIndex: 0 })
    case 'text_link': return linkTo(entity.url)
    case 'url': return linkTo(words)
    case 'bot_command': return node('button', { type: 'button', className: 'command', onclick: () => say(chat, words) })
  }
  return node('span')
}

// fill appends text from … to with its entities, which are sorted: outer ones before inner ones.
function fill(parent, chat, text, entities, from, to) {
  let at = from
  while (entities.length > 0 && entities[0].offset < to) {
    const entity = entities.shift()
    const start = Math.max(entity.offset, at)
    const end = Math.min(entity.offset + entity.length, to)
    if (end <= start) continue
    const inner = wrapper(entity, text, chat)
    fill(inner, chat, text, entities, start, end)
    parent.append(text.slice(at, start), inner)
    at = end
  }
  parent.append(text.slice(at, to))
}

function marked(m) {
  const entities = (m.entities || []).slice().sort((a, b) => a.offset - b.offset || b.length - a.length)
  const body = node('div', { className: 'text' })
  fill(body, m.chat, m.text, entities, 0, m.text.length)
  return body
}

// ---- rich messages: a tree of elements, of which only these are made ----

const richTags = {
  h1: 'p', h2: 'p', h3: 'p', h4: 'p', h5: 'p', h6: 'p', p: 'p', pre: 'pre', footer: 'p', hr: 'hr', ul: 'ul', ol: 'ol', li: 'li',
  blockquote: 'blockquote', aside: 'blockquote', table: 'table', caption: 'caption', tr: 'tr', th: 'th', td: 'td', details: 'details', summary: 'summary',
  b: 'b', strong: 'b', i: 'i', em: 'i', u: 'u', ins: 'u', s: 's', strike: 's', del: 's', code: 'code', mark: 'mark', sub: 'sub', sup: 'sup', cite: 'cite', br: 'br',
}

function element(part) {
  const attrs = part.attrs || {}
  if (part.tag === 'a') return linkTo(attrs.href || '')
  if (part.tag === 'tg-spoiler') return node('span', { className: 'spoiler', tabIndex: 0 })
  if (part.tag === 'input') return node('input', { type: 'checkbox', disabled: true, checked: 'checked' in attrs })
  const made = node(richTags[part.tag] || 'span', { className: `rich-${part.tag}` })
  if (attrs.align) made.style.textAlign = attrs.align
  for (const span of ['colSpan', 'rowSpan']) if (attrs[span.toLowerCase()]) made[span] = attrs[span.toLowerCase()]
  if (part.tag === 'ol' && attrs.start) made.start = attrs.start
  if (part.tag === 'details') made.open = 'open' in attrs
  return made
}

function grown(part) {
  if (!part.tag) return part.text || ''
  const made = element(part)
  const block = !['p', 'pre', 'td', 'th', 'li', 'summary', 'caption'].includes(part.tag) && richTags[part.tag] && part.tag.length > 1
  // White space between blocks is none of the message.
  made.append(...(part.nodes || []).filter(inner => inner.tag || !block || inner.text.trim()).map(grown))
  return made.tagName === 'TABLE' ? node('div', { className: 'wide' }, made) : made
}

function structured(m) {
  return node('div', { className: 'text structured' }, ...m.rich.filter(part => part.tag || part.text.trim()).map(grown))
}

// ---- chats ----

const chats = {}
for (const pane of all('.chat')) {
  const chat = { name: pane.dataset.chat, pane, log: $('.log', pane), down: $('.down', pane), shown: new Map(), unread: 0 }
  chats[chat.name] = chat
  chat.log.addEventListener('scroll', () => { if (atBottom(chat)) read(chat) }, { passive: true })
  chat.down.addEventListener('click', () => { toBottom(chat); chat.log.focus({ preventScroll: true }) })
}

const visible = chat => !document.hidden && (!narrow.matches || document.body.dataset.tab === chat.name)
const atBottom = chat => chat.log.scrollHeight - chat.log.scrollTop - chat.log.clientHeight < 60
function toBottom(chat) { chat.log.scrollTop = chat.log.scrollHeight }

function read(chat) {
  if (!visible(chat)) return
  chat.unread = 0
  showUnread(chat)
}

function showUnread(chat) {
  chat.down.hidden = atBottom(chat)
  $('.count', chat.down).textContent = chat.unread ? `${chat.unread} ${labels.new_messages}` : ''
  const badge = $(`.tabs [data-tab="${chat.name}"] .badge`)
  badge.hidden = chat.unread === 0
  badge.textContent = chat.unread > 99 ? '99+' : chat.unread
  const sum = Object.values(chats).reduce((n, c) => n + c.unread, 0)
  document.title = sum ? `(${sum}) ${labels.title}` : labels.title
}

function serviceText(m) {
  if (m.joined) return `${m.joined.join(', ')} ${labels.joined}`
  if (m.pinned) return `${m.from} ${labels.pinned}`
  return m.text || '·'
}

function metaOf(m) {
  const meta = node('div', { className: 'meta' })
  if (m.reaction) meta.append(node('span', {}, m.reaction))
  if (m.silent) meta.append(node('span', { title: labels.silent, role: 'img', ariaLabel: labels.silent }, '🔕'))
  if (m.edited) meta.append(node('span', { className: 'edited' }, labels.edited))
  meta.append(node('time', { dateTime: m.date }, hhmm.format(new Date(m.date))))
  return meta
}

function bubbleOf(m) {
  const bubble = node('div', { className: 'bubble' })
  if (m.service) return node('div', { className: 'bubble' }, serviceText(m))
  if (m.who !== 'me' && m.chat === 'team') bubble.append(node('div', { className: 'from' }, m.from))
  if (m.photo) bubble.append(photoOf(m))
  if (m.file) bubble.append(fileOf(m))
  bubble.append(m.deleted ? node('div', { className: 'text' }, labels.deleted) : m.rich ? structured(m) : marked(m), metaOf(m))
  return bubble
}

// photoOf is a picture, as wide as there is room, which opens in its own size.
function photoOf(m) {
  const img = node('img', { src: m.photo, alt: '', onload: () => settle(chats[m.chat]) })
  if (m.width && m.height) { img.width = m.width; img.height = m.height }
  return node('a', { className: 'photo', href: m.photo, target: '_blank', rel: 'noopener', ariaLabel: labels.photo }, img)
}

function fileOf(m) {
  const name = m.file_name || labels.file
  return node('a', { className: 'file', href: m.file, download: name }, node('span', { className: 'sheet', ariaHidden: 'true' }, '📄'),
    node('span', { className: 'name' }, name), node('small', {}, sizeText(m.size || 0)))
}

function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

// settle keeps a chat at its end when a picture has made it longer.
function settle(chat) { if (chat.follow) toBottom(chat) }

function keyOf(m, button) {
  const target = button.url || button.web_app
  if (target) {
    const link = linkTo(target)
    link.textContent = button.text
    return link
  }
  const key = node('button', { type: 'button', disabled: Boolean(button.disabled) }, button.text)
  key.addEventListener('click', () => button.copy_text ? copy(button.copy_text) : press(m, button, key))
  return key
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    toast(labels.copied)
  } catch {
    toast(text)
  }
}

function keysOf(m) {
  const keys = node('div', { className: 'keys' })
  for (const row of m.keyboard) keys.append(node('div', {}, ...row.map(button => keyOf(m, button))))
  return keys
}

function draw(m) {
  const element = node('article', { className: `msg ${m.service ? 'service' : m.who}` }, bubbleOf(m))
  element.classList.toggle('gone', Boolean(m.deleted))
  if (m.keyboard && !m.deleted) element.append(keysOf(m))
  element.dataset.id = m.id
  return element
}

// place puts a message where it belongs: over its former self, or at the end.
function place(m, live) {
  const chat = chats[m.chat]
  if (!chat) return
  const follow = chat.follow = atBottom(chat) || m.who === 'me' && live
  const before = chat.shown.get(m.id)
  const element = draw(m)
  if (live) element.classList.add(before ? 'changed' : 'fresh')
  if (before) swap(before, element)
  else chat.log.append(element)
  chat.shown.set(m.id, element)
  if (follow) toBottom(chat)
  if (live && !before && m.who !== 'me' && !m.service && !(follow && visible(chat))) chat.unread++
  showUnread(chat)
}

// swap replaces a message, and gives the focus back to the button that stands where the focused one stood.
function swap(before, element) {
  const at = all('button, a', before).indexOf(document.activeElement)
  before.replaceWith(element)
  if (at >= 0) (all('button, a', element)[at] || $('.log', element.closest('.scroll'))).focus({ preventScroll: true })
}

async function say(chat, text) {
  return post('/demo/say', { chat, text })
}

// The answer may come through the stream before the request that pressed the button has returned.
const pressed = new Map()
const early = new Set()

async function press(m, button, key) {
  key.setAttribute('aria-busy', 'true')
  const answer = await post('/demo/press', { chat: m.chat, message: m.id, data: button.callback_data })
  const free = () => key.removeAttribute('aria-busy')
  if (!answer || early.delete(answer.query)) return free()
  pressed.set(answer.query, free)
  setTimeout(free, 6000)
}

function answered(query) {
  const free = pressed.get(query)
  if (!free) return early.add(query)
  free()
  pressed.delete(query)
}

// attachment is the file that waits in a form for its caption.
function attachment(form) {
  const line = $('.attached', form)
  const clip = { file: null, send }
  const hold = file => {
    clip.file = file
    line.hidden = !file
    $('.name', line).textContent = file ? `${file.name} · ${sizeText(file.size)}` : ''
    if (!file) form.file.value = ''
  }
  $('.clip', form).addEventListener('click', () => form.file.click())
  $('.drop', form).addEventListener('click', () => { hold(null); form.text.focus() })
  form.file.addEventListener('change', () => { if (form.file.files[0]) { hold(form.file.files[0]); form.text.focus() } })
  async function send(chat, text) {
    const file = clip.file
    if (file.size > maxFile) return toast(labels.error_file)
    const sent = await post('/demo/attach', { chat, text, name: file.name, data: await base64(file) })
    if (sent) hold(null)
    return sent
  }
  return clip
}

const maxFile = 8 * 1024 * 1024

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(file)
  })
}

for (const chat of Object.values(chats)) {
  const form = $('.compose', chat.pane)
  const chips = all('.chips button', chat.pane)
  const clip = attachment(form)
  form.addEventListener('submit', async event => {
    event.preventDefault()
    const text = form.text.value.trim()
    const sent = clip.file ? await clip.send(chat.name, text) : text && await say(chat.name, text)
    if (sent) {
      form.text.value = ''
      suggest()
    }
  })
  const suggest = () => {
    const typed = form.text.value.trim().toLowerCase()
    for (const chip of chips) chip.hidden = typed.startsWith('/') && !chip.dataset.say.startsWith(typed)
  }
  form.text.addEventListener('input', suggest)
  for (const chip of chips) chip.addEventListener('click', async () => {
    if (await say(chat.name, chip.dataset.say)) { form.text.value = ''; suggest() }
  })
}

function typing(chat) {
  const line = $('.subtitle', chats[chat].pane)
  line.textContent = labels.typing
  line.classList.add('typing')
  clearTimeout(line.timer)
  line.timer = setTimeout(() => { line.textContent = line.dataset.idle; line.classList.remove('typing') }, 2500)
}

// ---- tabs ----

for (const tab of all('.tabs button')) {
  tab.addEventListener('click', () => {
    const before = document.body.dataset.tab
    document.body.dataset.tab = tab.dataset.tab
    for (const other of all('.tabs button')) other.toggleAttribute('aria-current', false)
    tab.setAttribute('aria-current', 'true')
    const chat = chats[tab.dataset.tab]
    if (chat && before !== chat.name) { toBottom(chat); read(chat) }
  })
}
document.addEventListener('visibilitychange', () => { for (const chat of Object.values(chats)) if (atBottom(chat)) read(chat) })

// ---- what the shop sent ----

const feed = $('.feed')
const keptNews = 80

function deliver(d) {
  $('.empty', feed)?.remove()
  const ok = d.status >= 200 && d.status < 300
  const outcome = ok ? (d.again ? '✓ 2×' : '✓') : `${d.status || labels.no_answer} ↻`
  const mark = node('span', { className: ok ? 'ok' : 'bad', title: ok ? (d.again ? labels.again : labels.accepted) : labels.trying }, outcome)
  const what = node('span', { className: 'what' }, node('b', {}, d.type), ` ${d.subject || ''}`)
  feed.prepend(node('li', {}, node('time', { dateTime: d.at }, hhmm.format(new Date(d.at))), what, mark))
  while (feed.children.length > keptNews) feed.lastChild.remove()
}

for (const button of all('[data-cause]')) {
  button.addEventListener('click', async () => {
    const done = await post('/demo/cause', { what: button.dataset.cause })
    if (done) toast(labels[`done_${button.dataset.cause}`].replace('{id}', done.subject))
  })
}

// ---- clock ----

const slider = $('#speed')
const stops = slider.dataset.stops.split(' ').map(Number)
let pace = null // {now, speed, rush, at}
let running = stops.at(-1) // the speed to go on with after a pause

function speedText(speed, rush) {
  if (rush) return labels.speed_rush
  if (speed === 0) return labels.speed_pause
  return speed === 1 ? labels.speed_real : `${speed}${labels.speed_times}`
}

function setPace(p) {
  pace = { ...p, at: performance.now() }
  if (p.speed > 0 && !p.rush) running = p.speed
  const shown = p.rush ? running : p.speed
  const nearest = stops.reduce((best, stop, i) => Math.abs(stop - shown) < Math.abs(stops[best] - shown) ? i : best, 0)
  if (document.activeElement !== slider || p.now === undefined) slider.value = nearest
  const text = speedText(p.speed, p.rush)
  slider.setAttribute('aria-valuetext', text)
  $('#speed-text').textContent = text
  document.body.classList.toggle('paused', p.speed === 0)
  const pause = $('#pause')
  pause.setAttribute('aria-label', p.speed === 0 ? pause.dataset.resume : pause.dataset.pause)
  tick()
}

function tick() {
  if (!pace) return
  const now = new Date(pace.now + (performance.now() - pace.at) * pace.speed)
  $('#clock').textContent = (pace.speed > 100 ? hhmm : hhmmss).format(now)
  $('#day').textContent = dayName.format(now)
}
setInterval(tick, 200)

async function setSpeed(body) {
  const p = await post('/demo/pace', body)
  if (p) setPace(p)
}
slider.addEventListener('input', () => {
  const speed = stops[slider.value]
  slider.setAttribute('aria-valuetext', speedText(speed))
  $('#speed-text').textContent = speedText(speed)
})
slider.addEventListener('change', () => setSpeed({ speed: stops[slider.value] }))
$('#pause').addEventListener('click', () => setSpeed({ speed: pace?.speed === 0 ? running : 0 }))
$('#skip').addEventListener('click', () => setSpeed({ skip: true }))

// ---- the stream ----

function show(snapshot) {
  for (const chat of Object.values(chats)) {
    chat.log.replaceChildren()
    chat.shown.clear()
    chat.unread = 0
    for (const m of snapshot.chats[chat.name] || []) place(m, false)
    toBottom(chat)
    showUnread(chat)
  }
  all('li:not(.empty)', feed).forEach(line => line.remove())
  snapshot.news.forEach(deliver)
}

let away = false
const stream = new EventSource('/demo/stream')
const on = (kind, f) => stream.addEventListener(kind, event => f(JSON.parse(event.data)))
stream.addEventListener('open', () => { if (away) $('#status').hidden = true; away = false })
stream.addEventListener('error', () => { if (!away) toast(labels.lost, false, true); away = true })
on('snapshot', show)
on('message', m => place(m, true))
on('delivery', deliver)
on('typing', t => typing(t.chat))
on('pace', setPace)
on('answer', a => {
  answered(a.query)
  if (a.text) toast(a.text, a.alert)
})
