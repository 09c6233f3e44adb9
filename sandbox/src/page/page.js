// The sandbox page: shows the living practice and moves the operator's levers over the operator's port.
// It keeps the secret in this tab alone and decides nothing about the sandbox.

/** Wall ms between two looks at the practice, at today's schedule, and between two ticks of the clock. */
const LOOK_MS = 2000
const SCHEDULE_MS = 15_000
const TICK_MS = 250
/** An answer that does not come is given up after this long, ms. */
const ANSWER_MS = 10_000
const EVENTS_MAX = 150
const MINUTE_MS = 60_000
const MINUTES_SHOWN = 60
const KEY = 'sandbox-operator-secret'
const RATES = [
  ['0', 'off'],
  ['0.01', '1 in 100'],
  ['0.1', '1 in 10'],
  ['0.5', 'every second'],
  ['1', 'every one'],
]
const GRADES = { P: 'recorded', D: 'documented', I: 'seen', G: 'a guess' }
const STRIKES = {
  wire: 'On the wire',
  answer: 'Instead of the answer',
  body: 'In the answer',
  state: 'Before the answer',
}

const state = {
  secret: sessionStorage.getItem(KEY) ?? '',
  practice: undefined,
  zone: 'UTC',
  last: 0,
  isPaused: false,
  /** The moment last heard of, the wall time then, and how fast vendor time runs. */
  heard: undefined,
  speed: undefined,
  switches: [],
  keptRules: [],
  /** Answers to an earlier session are thrown away. */
  session: 0,
}

const $ = (id) => document.getElementById(id)
const wall = () => Number(document.timeline.currentTime ?? 0)

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, String(value))
  }
  element.append(...children)
  return element
}

async function ask(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { authorization: `Bearer ${state.secret}` },
    signal: AbortSignal.timeout(ANSWER_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const value = await response.json()
  const { ok, status } = response
  if (!ok) throw Object.assign(new Error(value.detail ?? `status ${status}`), { status })
  return value
}

/** Runs work and shows what went wrong; a wrong secret closes the desk. */
async function guarded(work) {
  const { session } = state
  try {
    await work()
    if (session === state.session) say('')
  } catch (error) {
    if (session !== state.session) return
    if (error.status === 401) return lock('That is not the secret.')
    say(error.status === undefined ? 'The sandbox does not answer as it should.' : error.message)
  }
}

function say(words) {
  const banner = $('banner')
  if (banner.textContent !== words) banner.textContent = words
  banner.hidden = words === ''
}

function lock(words = '') {
  state.session++
  state.secret = ''
  sessionStorage.removeItem(KEY)
  $('room').hidden = true
  $('gate').hidden = false
  say(words)
  $('secret').focus()
}

async function unlock() {
  const session = ++state.session
  $('gate').hidden = true
  Object.assign(state, { last: 0, heard: undefined, speed: undefined })
  $('events').replaceChildren()
  await guarded(async () => {
    await look(session)
    if (session !== state.session) return
    await Promise.all([showDay(), showTrouble(), showLaunch(), showSwitches()])
    $('room').hidden = false
    repeat(session, LOOK_MS, () => look(session))
    repeat(session, SCHEDULE_MS, showDay)
  })
  if ($('room').hidden && session === state.session) $('gate').hidden = false
}

/** Repeats while the desk stays open; a hidden tab asks nothing. */
function repeat(session, ms, work) {
  setTimeout(async () => {
    if (session !== state.session) return
    if (!document.hidden) await guarded(work)
    repeat(session, ms, work)
  }, ms)
}

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
const hourMinute = inZone(CLOCK)
const fullTime = inZone({ ...CLOCK, second: '2-digit' })
const longDay = inZone({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
const shortDay = inZone({ day: 'numeric', month: 'short', year: 'numeric' })

/** Words for an instant in the practice's zone, which is known only when the practice is. */
function inZone(options) {
  return (at) => new Date(at).toLocaleString('en-US', { timeZone: state.zone, ...options })
}

async function look(session) {
  const query = new URLSearchParams({ after: String(state.last) })
  if (state.practice !== undefined) query.set('practice', state.practice)
  const found = await ask('GET', `/now?${query}`)
  if (session !== state.session) return
  keepTime(found.now)
  state.last = found.last
  state.practice = found.practice.code
  state.zone = found.practice.timeZone
  $('practice').textContent = found.practice.name
  $('zone').textContent = `${found.practice.code} · ${found.practice.timeZone}`
  showPractices(found.practices)
  showMinutes(found)
  showEvents(found)
  showFired(found.fired)
}

function keepTime(now) {
  const at = wall()
  const { heard } = state
  if (heard !== undefined && at - heard.wall > 1000) {
    const speed = (now - heard.first) / (at - heard.firstWall)
    state.speed = speed > 0 ? speed : undefined
  }
  state.heard = { now, wall: at, first: heard?.first ?? now, firstWall: heard?.firstWall ?? at }
}

function tick() {
  const { heard, speed = 0 } = state
  if (heard !== undefined) {
    const now = heard.now + (wall() - heard.wall) * speed
    $('clock').textContent = fullTime(now)
    $('day').textContent = longDay(now)
    $('speed').textContent = state.speed === undefined ? '' : `runs ${speedWords(speed)}`
  }
  setTimeout(tick, TICK_MS)
}

function speedWords(speed) {
  if (speed > 0.97 && speed < 1.03) return 'as the wall clock does'
  return `${speed < 10 ? speed.toFixed(1) : Math.round(speed).toLocaleString('en-US')} times as fast`
}

function showPractices(practices) {
  const choose = $('choose')
  choose.hidden = $('choose-label').hidden = practices.length < 2
  if (choose.options.length === practices.length) return
  const words = ({ code, name }) => `${name} (${code})`
  choose.replaceChildren(...practices.map((each) => new Option(words(each), each.code)))
  choose.value = state.practice
}

const STATUS_WORDS = { planned: 'booked', arrived: 'here', 'in-progress': 'in the room' }

async function showDay() {
  const { providers } = await ask('GET', `/schedule?practice=${state.practice}`)
  const visits = providers.flatMap((provider) => provider.visits)
  const count = (...statuses) => visits.filter(({ status }) => statuses.includes(status)).length
  const here = count('arrived', 'in-progress')
  const parts = `${count('finished')} done · ${here} here now · ${count('cancelled')} cancelled`
  $('day-sum').textContent = `${visits.length} visits · ${parts}`
  const now = state.heard?.now ?? 0
  const lists = () => [...document.querySelectorAll('.provider ol')]
  const open = new Map(lists().map((list) => [list.ariaLabel, list.scrollTop]))
  const focused = document.activeElement?.ariaLabel
  $('providers').replaceChildren(...providers.map((provider) => providerCard(provider, now)))
  for (const list of lists()) {
    const kept = open.get(list.ariaLabel)
    const next = list.querySelector('.next')
    list.scrollTop = kept ?? (next === null ? 0 : next.offsetTop - list.offsetTop - 72)
    if (list.ariaLabel === focused) list.focus()
  }
}

function providerCard({ name, visits }, now) {
  const next = visits.find(({ start, status }) => start >= now && status === 'planned')
  const rows = visits.map((visit) => {
    const word = visit === next ? 'next' : (STATUS_WORDS[visit.status] ?? visit.status)
    const what = visit.isTelephone ? 'telephone' : visit.reason
    return make(
      'li',
      { class: `visit ${visit.status}${visit === next ? ' next' : ''}` },
      make('time', {}, hourMinute(visit.start)),
      make('span', { class: 'who' }, visit.patient, make('small', {}, what)),
      make('span', { class: 'status' }, word),
    )
  })
  return make(
    'section',
    { class: 'provider', 'aria-label': name },
    make('h3', {}, name, make('span', { class: 'quiet' }, ` ${visits.length}`)),
    make('ol', { class: 'scroll', tabindex: '0', 'aria-label': `Visits of ${name}` }, ...rows),
  )
}

const SVG = 'http://www.w3.org/2000/svg'

function rect(kind, [x, y, width, height]) {
  const element = document.createElementNS(SVG, 'rect')
  for (const [name, value] of Object.entries({ x, y, width, height, class: kind })) {
    element.setAttribute(name, String(value))
  }
  return element
}

function showMinutes({ minutes, limit, now }) {
  const first = Math.floor(now / MINUTE_MS) * MINUTE_MS - (MINUTES_SHOWN - 1) * MINUTE_MS
  const [height, step] = [150, 600 / MINUTES_SHOWN]
  const top = Math.max(limit, ...minutes.map(({ arrived }) => arrived)) * 1.05
  const y = (calls) => (calls / top) * height
  const bars = minutes.flatMap(({ minute, arrived, refused, tokens }) => {
    const x = ((minute - first) / MINUTE_MS) * step + 1
    const bar = (kind, from, calls) =>
      calls === 0 ? [] : [rect(kind, [x, height - y(from + calls), step - 2, y(calls)])]
    const served = arrived - refused
    const token = Math.min(tokens, served)
    return [
      ...bar('token', 0, token),
      ...bar('served', token, served - token),
      ...bar('refused', served, refused),
    ]
  })
  $('bars').replaceChildren(...bars, rect('limit', [0, height - y(limit), 600, 1.5]))
  const sum = (name) => minutes.reduce((total, each) => total + each[name], 0)
  const most = Math.max(0, ...minutes.map(({ arrived }) => arrived))
  $('calls-sum').textContent =
    minutes.length === 0
      ? `No calls in the last hour of vendor time. The line is the limit of ${limit} a minute.`
      : `Last hour of vendor time: ${sum('arrived').toLocaleString('en-US')} calls, ${sum('refused').toLocaleString('en-US')} refused, at most ${most} in a minute. The line is the limit of ${limit}.`
  const cells = ({ minute, ...counts }) =>
    [hourMinute(minute), counts.arrived, counts.tokens, counts.refused].map((cell) =>
      make('td', {}, `${cell}`),
    )
  const rows = minutes.toReversed().map((each) => make('tr', {}, ...cells(each)))
  $('calls-rows').replaceChildren(...rows)
}

function showEvents({ events, leftOut }) {
  const list = $('events')
  if (state.isPaused) return
  const isFirst = list.childElementCount === 0
  const rows = events.map(eventRow)
  if (leftOut > 0 && !isFirst) {
    const words = `${leftOut.toLocaleString('en-US')} more changes in between`
    rows.unshift(make('li', { class: 'gap quiet' }, words))
  }
  list.prepend(...rows.toReversed())
  while (list.childElementCount > EVENTS_MAX) list.lastElementChild?.remove()
}

function eventRow({ at, visibleAt, kind, type, cause, patient }) {
  const lateMinutes = Math.round((visibleAt - at) / MINUTE_MS)
  const late = lateMinutes < 1 ? [] : [make('small', {}, `shown ${lateMinutes} min later`)]
  return make(
    'li',
    {},
    make('time', { title: shortDay(at) }, hourMinute(at)),
    make('span', { class: `kind ${kind}` }, kind),
    make('span', { class: 'what' }, `${type}${patient === undefined ? '' : ` · ${patient}`}`),
    make('span', { class: 'quiet' }, cause, ...late),
  )
}

async function showTrouble() {
  const [{ preset, presets }, { rules, faults }] = await Promise.all([
    ask('GET', '/preset'),
    ask('GET', '/script'),
  ])
  const isPlain = (rule) => Object.keys(rule).every((name) => ['fault', 'rate'].includes(name))
  state.keptRules = rules.filter((rule) => !isPlain(rule))
  const kept = $('kept-rules')
  kept.hidden = state.keptRules.length === 0
  kept.textContent = `${state.keptRules.length} more rules of a script stay in force.`
  const choices = presets.map((name) => {
    const radio = make('input', { type: 'radio', name: 'preset', value: name })
    radio.checked = name === preset
    radio.addEventListener('change', () => guarded(() => changePreset(name)))
    return make('label', {}, radio, make('span', {}, name.replaceAll('-', ' ')))
  })
  $('presets').replaceChildren($('presets').querySelector('legend') ?? '', ...choices)
  const rateOf = (fault) =>
    rules.find((rule) => isPlain(rule) && rule.fault === fault)?.rate?.toString() ?? '0'
  const groups = Object.entries(faults).map(([where, kinds]) =>
    make(
      'section',
      { 'aria-label': STRIKES[where] ?? where },
      make('h3', {}, STRIKES[where] ?? where),
      make('div', { class: 'faults' }, ...kinds.map((kind) => faultRow(kind, rateOf(kind)))),
    ),
  )
  $('faults').replaceChildren(...groups)
  countFaults()
}

function faultRow(fault, rate) {
  const select = make('select', { id: `fault-${fault}`, 'data-fault': fault })
  const rates = RATES.some(([value]) => value === rate) ? RATES : [...RATES, [rate, rate]]
  select.append(...rates.map(([value, words]) => new Option(words, value)))
  select.value = rate
  select.addEventListener('change', () => guarded(sendScript))
  return make(
    'div',
    { class: 'fault' },
    make('label', { for: `fault-${fault}` }, fault.replaceAll('-', ' ')),
    make('span', { class: 'fired quiet', 'data-fired': fault }),
    select,
  )
}

function chosenFaults() {
  return [...document.querySelectorAll('select[data-fault]')].filter(({ value }) => value !== '0')
}

function countFaults() {
  const count = chosenFaults().length + state.keptRules.length
  $('single-sum').textContent = count === 0 ? '(none on)' : `(${count} on)`
}

async function sendScript() {
  const ruleOf = ({ dataset, value }) => ({ fault: dataset.fault, rate: Number(value) })
  countFaults()
  await ask('PUT', '/script', [...chosenFaults().map(ruleOf), ...state.keptRules])
}

async function changePreset(preset) {
  await ask('PUT', '/preset', { preset })
  await showSwitches()
}

function showFired(fired) {
  for (const cell of document.querySelectorAll('[data-fired]')) {
    const count = fired[cell.dataset.fired] ?? 0
    cell.textContent = count === 0 ? '' : `${count}×`
    cell.title = count === 0 ? '' : `carried out ${count} times`
  }
}

async function showLaunch() {
  const [apps, users] = await Promise.all([ask('GET', '/apps'), ask('GET', '/users')])
  const open = apps.filter(({ launchUrl }) => launchUrl !== undefined)
  $('no-apps').hidden = open.length > 0
  $('launch-form').hidden = open.length === 0
  $('launch-app').replaceChildren(...open.map(({ name, clientId }) => new Option(name, clientId)))
  const staff = users.filter(
    ({ practice, fhirUser }) => practice === state.practice && fhirUser.startsWith('Practitioner/'),
  )
  $('launch-user').replaceChildren(...staff.map(({ username }) => new Option(username, username)))
  if (open.length > 0) await showCharts()
}

async function showCharts() {
  const query = new URLSearchParams({ practice: state.practice, name: $('launch-name').value })
  const charts = await ask('GET', `/charts?${query}`)
  const words = ({ name, born }) => `${name}${born === undefined ? '' : `, born ${born}`}`
  $('launch-patient').replaceChildren(...charts.map((each) => new Option(words(each), each.id)))
  await showVisits()
}

async function showVisits() {
  const query = new URLSearchParams({
    practice: state.practice,
    patient: $('launch-patient').value,
  })
  const visits = await ask('GET', `/visits?${query}`)
  const words = ({ start, status, reason }) =>
    `${shortDay(start)} ${hourMinute(start)} · ${status}${reason === '' ? '' : ` · ${reason}`}`
  const options = visits.map((visit) => new Option(words(visit), visit.id))
  $('launch-encounter').replaceChildren(new Option('none', ''), ...options)
}

async function startLaunch() {
  const encounter = $('launch-encounter').value
  const started = await ask('POST', '/launches', {
    clientId: $('launch-app').value,
    practice: state.practice,
    patient: $('launch-patient').value,
    username: $('launch-user').value,
    ...(encounter === '' ? {} : { encounter }),
  })
  const to = { href: started.url, target: '_blank', rel: 'noreferrer' }
  const link = make('a', to, 'Open the app')
  const until = ` It works once, until ${hourMinute(started.expiresAt)} of vendor time.`
  $('launched').replaceChildren(link, until)
  link.focus()
}

async function showSwitches() {
  const { values, switches } = await ask('GET', '/switches')
  state.switches = switches
  $('switches').replaceChildren(...switches.map((each) => switchRow(each, values[each.name])))
  filterSwitches()
}

function switchRow({ name, values, default: usual, grade, source, meaning }, value) {
  const select = make('select', { id: `switch-${name}`, 'aria-describedby': `about-${name}` })
  const words = (each) => (each === usual ? `${each} (default)` : each)
  select.append(...values.map((each) => new Option(words(each), each)))
  select.value = value
  const row = make('li', { class: `${grade} ${value === usual ? '' : 'changed'}` })
  select.addEventListener('change', () =>
    guarded(async () => {
      await ask('PUT', `/switches/${name}`, { value: select.value })
      row.classList.toggle('changed', select.value !== usual)
      $('switched').textContent = `${name} is now ${select.value}.`
    }),
  )
  const badge = make(
    'span',
    { class: `grade ${grade}`, title: source },
    `${grade} · ${GRADES[grade]}`,
  )
  row.append(
    make('label', { for: `switch-${name}` }, name),
    badge,
    select,
    make('p', { id: `about-${name}`, class: 'quiet' }, ...withCode(meaning)),
  )
  return row
}

/** What stands between backticks as code. */
function withCode(text) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? make('code', {}, part) : part))
}

function filterSwitches() {
  const part = $('find').value.trim().toLowerCase()
  const show = $('show').value
  for (const row of $('switches').children) {
    const isShown = show === '' || row.classList.contains(show)
    row.hidden = !isShown || !row.textContent.toLowerCase().includes(part)
  }
}

$('gate-form').addEventListener('submit', (event) => {
  event.preventDefault()
  state.secret = $('secret').value
  $('secret').value = ''
  sessionStorage.setItem(KEY, state.secret)
  void unlock()
})
$('lock').addEventListener('click', () => lock())
$('choose').addEventListener('change', () => {
  state.practice = $('choose').value
  void unlock()
})
$('pause').addEventListener('click', () => {
  state.isPaused = !state.isPaused
  $('pause').setAttribute('aria-pressed', String(state.isPaused))
})
$('find').addEventListener('input', filterSwitches)
$('show').addEventListener('change', filterSwitches)
$('launch-name').addEventListener('input', () => guarded(showCharts))
$('launch-patient').addEventListener('change', () => guarded(showVisits))
$('launch-form').addEventListener('submit', (event) => {
  event.preventDefault()
  $('launched').replaceChildren()
  void guarded(startLaunch)
})

// What scrolls is reached by the keyboard too.
for (const scroller of document.querySelectorAll('.scroll')) scroller.tabIndex = 0
tick()
if (state.secret === '') lock()
else void unlock()
